import { Buffer } from 'node:buffer'
import { Client, credentials, status } from '@grpc/grpc-js'
import type { GrpcHealthRequest } from '../../node/host_port.ts'

const METHOD = '/grpc.health.v1.Health/Check'
const STATUSES = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'] as const

/** One question to gRPC's health service, over a connection of its own; an IPv6 address stands in brackets. */
export function grpcHealth({ host, port, service, timeoutMs }: GrpcHealthRequest): Promise<string> {
  const client = new Client(`${host}:${port}`, credentials.createInsecure(), {
    'grpc.primary_user_agent': 'kube-probe/1.36',
    'grpc.enable_http_proxy': 0,
    'grpc.use_local_subchannel_pool': 1,
  })
  const deadline = new Date(Date.now() + timeoutMs)
  return new Promise<string>((resolve, reject) => {
    client.makeUnaryRequest(METHOD, encode, decode, service, { deadline }, (error, answer) => {
      if (error === null) resolve(answer ?? 'UNKNOWN')
      else reject(new Error(words(error.code, error.details, `${host}:${port}`, timeoutMs)))
    })
  }).finally(() => client.close())
}

/** Field 1 of the request is the service's name; an empty one is left out. */
function encode(service: string): Buffer {
  const name = Buffer.from(service)
  return name.length === 0 ? name : Buffer.concat([Buffer.from([0x0a, ...varint(name.length)]), name])
}

const varint = (value: number): readonly number[] => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, value >> 7])

/** Field 1 of the answer is the status; 0 is left out. */
const decode = (answer: Buffer): string => STATUSES[answer[0] === 0x08 ? (answer[1] ?? 0) : 0] ?? 'UNKNOWN'

function words(code: number, details: string, address: string, timeoutMs: number): string {
  if (code === status.UNIMPLEMENTED)
    return 'error: this server does not implement the grpc health protocol (grpc.health.v1.Health)'
  if (code === status.DEADLINE_EXCEEDED || code === status.UNAVAILABLE) {
    return `timeout: failed to connect service "${address}" within ${timeoutMs / 1000}s: ${reasonOf(details, address)}`
  }
  return `error: health rpc probe failed: ${details}`
}

/** The library's own words name its sockets; users know the usual ones. */
function reasonOf(details: string, address: string): string {
  if (details.includes('ECONNREFUSED')) return `dial tcp ${address}: connect: connection refused`
  return details.startsWith('Deadline exceeded') ? 'context deadline exceeded' : details
}
