import { AuthError, BadAnswerError, HttpStatusError, isLivywireError, UnreachableError } from '../core/index.js';
import type { Settings } from './settings.js';

/** The codes of Node's and OpenSSL's errors, however deep they sit. */
function codesOf(error: unknown): string[] {
  const codes: string[] = [];
  for (let one: unknown = error; one instanceof Error; one = one.cause) {
    const { code } = one as NodeJS.ErrnoException;
    if (typeof code === 'string') codes.push(code);
    if (one instanceof AggregateError) codes.push(...one.errors.flatMap(codesOf));
  }
  return codes;
}

const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)|ERR_TLS/;

/** What to do when Livy could not be talked to. */
export function adviceFor(error: unknown, settings: Settings): string {
  const words = `${isLivywireError(error) ? error.message : ''} ${codesOf(error).join(' ')}`;
  if (error instanceof AuthError) {
    if (settings.auth.kind === 'none') return 'give credentials: --user with --password-file, or --token-command';
    return error.status === 401
      ? `the server does not know these credentials (${settings.sources.user ?? settings.sources.tokenCommand ?? settings.sources.tokenFile ?? settings.sources.token ?? 'from the address'}): check them`
      : 'the server knows us and refuses: ask whoever runs it for the right to use Livy';
  }
  if (error instanceof HttpStatusError) {
    if (error.status === 404)
      return 'check the base path of the address (Knox: https://<host>/gateway/<topology>/livy/v1)';
    if (error.status === 407)
      return 'the proxy asks for credentials: --proxy http://user:password@host:port in LIVYWIRE_PROXY';
    return error.status >= 500 ? "the server is in trouble: look at Livy's own log" : 'check the address';
  }
  if (error instanceof BadAnswerError)
    return "this is no Livy, or a login page stands before it: check the address; Livy's own port is 8998";
  if (!(error instanceof UnreachableError)) return 'see the message';
  if (CERTIFICATE.test(words)) return 'name the authority that signed its certificate with --ca <file>';
  if (/ENOTFOUND|EAI_AGAIN/.test(words)) {
    return "the name is not known here; inside a VPC only a proxy there knows it: --proxy socks5h://localhost:1080 (ssh -D 1080 …), or --map '<host>:8998=127.0.0.1:18998'";
  }
  if (/ECONNREFUSED/.test(words))
    return 'nothing listens there: is Livy installed and running on that host, and is 8998 its port?';
  if (/wrong version number|EPROTO|ERR_SSL/i.test(words))
    return 'the server does not speak TLS there, or only TLS: try http:// in place of https://, or the other way round';
  if (/ECONNRESET|socket hang up/i.test(words))
    return 'the connection was cut: https:// in place of http://, or a proxy in between';
  return 'the host does not answer: a security group, a VPN that is off, or the wrong address; --proxy and --map reach private networks';
}
