/** What S3 says of how an object is stored. */
interface Stored {
  readonly StorageClass?: string | undefined;
  /** Of Intelligent-Tiering: `ARCHIVE_ACCESS`, `DEEP_ARCHIVE_ACCESS`. */
  readonly ArchiveStatus?: string | undefined;
  /** `ongoing-request="false", expiry-date="…"` */
  readonly Restore?: string | undefined;
  /** The same in a list, where it is asked for. */
  readonly RestoreStatus?:
    { readonly IsRestoreInProgress?: boolean | undefined; readonly RestoreExpiryDate?: Date | undefined } | undefined;
}

/** GLACIER_IR is read at once, as any other class. */
const ARCHIVES = new Set(['GLACIER', 'DEEP_ARCHIVE']);

/** Whether nobody can read it before it is restored. A copy that was restored is read as the object. */
export function isArchived({ StorageClass = '', ArchiveStatus, Restore, RestoreStatus }: Stored): boolean {
  if (!ARCHIVES.has(StorageClass) && ArchiveStatus === undefined) return false;
  const isRestored =
    Restore?.includes('ongoing-request="false"') === true || RestoreStatus?.RestoreExpiryDate !== undefined;
  return !isRestored;
}

/** `GLACIER`, `DEEP_ARCHIVE, being restored` */
export function archiveWords({ StorageClass = '', ArchiveStatus, Restore, RestoreStatus }: Stored): string {
  const isOnItsWay =
    Restore?.includes('ongoing-request="true"') === true || RestoreStatus?.IsRestoreInProgress === true;
  return `${ArchiveStatus ?? StorageClass}${isOnItsWay ? ', being restored' : ''}`;
}
