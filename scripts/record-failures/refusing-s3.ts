import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

const denied =
  '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message>' +
  '<RequestId>TX4JQ2N7ZV0B9R1C</RequestId><HostId>made+by+a+test+server=</HostId></Error>';
const empty =
  '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
  '<Name>sales-drop</Name><Prefix></Prefix><KeyCount>0</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated></ListBucketResult>';

/** What Amazon S3 answers to who may not: 403 with its XML, and to HEAD without. */
export async function refusingS3(): Promise<{ readonly url: string; readonly server: Server }> {
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const [, bucket = ''] = (request.url ?? '').split(/[/?]/);
    const isEmpty = bucket === 'sales-drop' || bucket === 'sales-list';
    const isHead = request.method === 'HEAD';
    const status = isHead && isEmpty ? 404 : request.method === 'GET' && bucket === 'sales-drop' ? 200 : 403;
    response.writeHead(status, { 'Content-Type': 'application/xml', 'x-amz-request-id': 'TX4JQ2N7ZV0B9R1C' });
    response.end(isHead ? undefined : status === 200 ? empty : denied);
    request.resume();
  };
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}`, server };
}
