declare const __LIVYWIRE_VERSION__: string | undefined;

/** This package's version; `0.0.0` when it runs from its sources, for only the build knows it. */
export const VERSION: string = typeof __LIVYWIRE_VERSION__ === 'string' ? __LIVYWIRE_VERSION__ : '0.0.0';
