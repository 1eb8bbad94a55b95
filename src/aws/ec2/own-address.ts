import { createSocket } from 'node:dgram';
import { networkInterfaces } from 'node:os';

export interface OwnAddress {
  /** `10.0.5.3` */
  readonly address: string;
  readonly mac: string | undefined;
}

/** The address that this machine has on its way to another one, as the system's routes say. Nothing is sent. */
export async function ownAddressTowards(host: string): Promise<OwnAddress | undefined> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  try {
    const address = await new Promise<string>((resolve, reject) => {
      socket.once('error', reject);
      // A datagram socket that is connected has an address, and has spoken to nobody.
      socket.connect(9, host, () => resolve(socket.address().address));
    });
    const cards = Object.values(networkInterfaces()).flatMap((some) => some ?? []);
    return { address, mac: cards.find((card) => card.address === address)?.mac.toLowerCase() };
  } catch {
    return undefined; // no route, or a name that is known elsewhere
  } finally {
    socket.close();
  }
}
