/** Brokers of topics: the port, and those that stand behind it. */

export { partitionOfKey } from '../state/key-group.ts';
export { type EmbeddedOptions, openEmbedded } from './embedded/open.ts';
export type { Assigner, GroupMember, GroupOptions, RebalanceEvent } from './group.ts';
export { connectKafkajs, type KafkajsOptions } from './kafkajs/connect.ts';
export { type LogMirror, type LogMirrorOptions, mirrorLog } from './log-mirror.ts';
export { type ConnectOptions, connectPlatformatic } from './platformatic/connect.ts';
export type { Broker, BrokerAdmin, BrokerCapabilities, TopicSettings } from './port.ts';
export type {
  Compression,
  GroupIdentity,
  Producer,
  ProducerOptions,
  Transaction,
} from './producer.ts';
export type { Isolation, PartitionReader, PollOptions, ReaderOptions } from './reader.ts';
export type {
  IncomingRecord,
  OutgoingRecord,
  PartitionBatch,
  PartitionOffset,
  RecordBody,
  RecordHeader,
  TopicPartition,
} from './record.ts';
export { type OauthOptions, type OauthTokens, oauthTokens } from './security/oauth-tokens.ts';
export { knownSecrets, type SecretSource } from './security/secret.ts';
export {
  type BrokerSecurity,
  brokerSecurity,
  type SaslSettings,
  type SecuritySettings,
  type TlsSettings,
} from './security/security.ts';
