/**
 * What EC2 lets in: the inbound rules of a cluster's security groups, held against who asks.
 * @module
 */
export {
  type InboundReport,
  lookAtInbound,
  type LookAtInboundOptions,
  type PortNeed,
  type PortState,
} from './inbound.js';
