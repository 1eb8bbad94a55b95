import { findThrown, type Rule } from '../rule.js';

/** Something outside Spark does not answer. */
export const hostUnreachable: Rule = {
  code: 'HOST_UNREACHABLE',
  about: 'A database, a service or a machine cannot be reached: its name, its port, or the network between.',
  transient: 'sometimes',
  next: [
    "Try it from the cluster's own network: nc -vz host port, on a machine of the cluster",
    'See who keeps it away: security groups, routes, DNS of the VPC, a service that was stopped',
  ],
  unproven: 'not made; the words are those of the JVM, JDBC drivers and Python',
  match: (view) =>
    findThrown(view, [
      { type: /(?:UnknownHostException|UnresolvedAddressException)$/ },
      { lang: 'python', fromLibrary: true, type: /(?:^|\.)(?:gaierror|NameResolutionError)$/ },
      { type: /(?:ConnectException|NoRouteToHostException|ConnectTimeoutException|SocketTimeoutException|CommunicationsException|HttpHostConnectException)$/, transient: true }, // prettier-ignore
      { says: /Communications link failure|The connection attempt failed|Connection to \S{1,200} refused|The TCP\/IP connection to the host .{1,200} failed|Connect to \S{1,200} failed|IO Error: The Network Adapter could not/, transient: true }, // prettier-ignore
      { lang: 'python', fromLibrary: true, type: /(?:^|\.)(?:OperationalError|ConnectTimeout|ConnectionError|MaxRetryError|NewConnectionError|EndpointConnectionError|URLError)$/, says: /refused|timed out|unreachable|Name or service not known|resolve|Could not connect|connect to server/i, transient: true }, // prettier-ignore
      { lang: 'python', fromLibrary: true, type: /^(?:ConnectionRefusedError|TimeoutError|ConnectionResetError)$/, says: /^\[Errno \d{1,3}\]|timed out/, transient: true }, // prettier-ignore
    ]),
};
