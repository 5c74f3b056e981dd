/**
 * Names of protocols, and well-known port numbers. The names are those of Istio, of Kubernetes' `kubernetes.io/` prefix, and IANA's
 * service names.
 * https://kubernetes.io/docs/concepts/services-networking/service/#application-protocol
 * https://www.iana.org/assignments/service-names-port-numbers/service-names-port-numbers.xhtml
 */
import type { Protocol } from './model.js';

/** The protocol of this name, in any case; `undefined` for an unknown name. */
export function protocolOfWord(word: string): Protocol | undefined {
  return words.get(word.toLowerCase());
}

/** The most probable protocol of a port number. */
export function protocolOfNumber(number: number): Protocol {
  if (tlsNumbers.has(number)) return 'TLS';
  return tcpNumbers.has(number) ? 'TCP' : 'HTTP';
}

/** As in Istio, gRPC-Web is sent to its service as gRPC. */
const spoken: Readonly<Record<Protocol, readonly string[]>> = {
  HTTP: ['http', 'http/1.0', 'http/1.1', 'ws', 'websocket', 'kubernetes.io/ws'],
  HTTP2: ['http2', 'http/2', 'h2', 'h2c', 'kubernetes.io/h2c'],
  GRPC: ['grpc', 'grpc-web'],
  HTTPS: ['https', 'wss', 'kubernetes.io/wss'],
  TLS: ['tls'],
  MONGO: ['mongo', 'mongodb'],
  TCP: [
    'tcp',
    ...[
      'mysql',
      'mariadb',
      'postgres',
      'postgresql',
      'pgsql',
      'pg',
      'sql',
      'mssql',
      'ms-sql-s',
      'sqlserver',
      'cassandra',
      'cql',
    ],
    ...['redis', 'rediss', 'valkey', 'memcache', 'memcached', 'zookeeper', 'bolt', 'aerospike'],
    ...['kafka', 'amqp', 'amqps', 'rabbitmq', 'mqtt', 'mqtts', 'secure-mqtt', 'nats', 'stomp'],
    ...[
      'ldap',
      'ldaps',
      'kerberos',
      'smtp',
      'smtps',
      'submission',
      'imap',
      'imaps',
      'pop3',
      'pop3s',
      'ftp',
      'ftps',
      'sftp',
      'ssh',
      'telnet',
    ],
    ...[
      'dns',
      'domain',
      'ntp',
      'syslog',
      'nfs',
      'smb',
      'iscsi',
      'rsync',
      'rdp',
      'vnc',
      'sip',
      'rtmp',
      'rtsp',
      'xmpp',
      'irc',
      'thrift',
      'dubbo',
    ],
  ],
};

const words: ReadonlyMap<string, Protocol> = new Map(
  Object.entries(spoken).flatMap(([protocol, names]) => names.map((name) => [name, protocol as Protocol] as const)),
);

const tlsNumbers: ReadonlySet<number> = new Set([443, 8443]);

/** Mail, DNS, MySQL, PostgreSQL, AMQP, Redis, Kafka, memcached and MongoDB. */
const tcpNumbers: ReadonlySet<number> = new Set([25, 53, 3306, 5432, 5672, 6379, 9092, 11211, 27017]);
