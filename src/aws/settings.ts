/** What the SDK is told. Everything else (credentials, SSO, shared config, the instance's role) it finds by itself. */
export interface AwsSettings {
  /** @defaultValue AWS_REGION, else what the profile says */
  readonly region?: string;
  /** A profile of `~/.aws`. @defaultValue AWS_PROFILE, else `default` */
  readonly profile?: string;
  /** One address for every service, such as a local stand-in. @defaultValue AWS_ENDPOINT_URL*, else AWS itself */
  readonly endpointUrl?: string;
  /**
   * Where to look for HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY, which the SDK by itself ignores. Nothing is
   * looked up unless it is given. The proxy and the host map of a cluster are never used for AWS.
   */
  readonly proxyEnv?: Readonly<Record<string, string | undefined>>;
}
