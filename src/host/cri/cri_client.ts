import { Client, credentials, type ServiceError, status } from '@grpc/grpc-js'
import protobuf from 'protobufjs'
import { assert } from '../../base/assert.ts'
import type { Millis } from '../../base/clock.ts'
import { CRI_PROTO } from './api_proto.ts'
import { ACTION_DEADLINE_MS, MESSAGE_BYTES_MAX } from './limits.ts'

/** Calls of the runtime by their CRI names. */
export interface CriClient {
  call<Answer>(method: string, request: object, deadlineMs?: Millis): Promise<Answer>
  close(): void
}

/** An error of the runtime; `code` is gRPC's. */
export class CriError extends Error {
  override readonly name = 'CriError'
  readonly code: number
  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

export function isNotFound(error: unknown): boolean {
  return error instanceof CriError && error.code === status.NOT_FOUND
}

export function isNotReadyYet(error: unknown): boolean {
  if (!(error instanceof CriError)) return false
  return error.code === status.UNAVAILABLE || error.message.includes('not initialized yet')
}

export function isTimeout(error: unknown): boolean {
  if (!(error instanceof CriError)) return false
  return error.code === status.DEADLINE_EXCEEDED || /context deadline exceeded/.test(error.message)
}

/** Connects lazily; a runtime that is restarted is connected to again. */
export function connectCri(socket: string): CriClient {
  const methods = readMethods()
  const options = { 'grpc.max_receive_message_length': MESSAGE_BYTES_MAX, 'grpc.max_reconnect_backoff_ms': 1000 }
  const client = new Client(`unix:${socket}`, credentials.createInsecure(), options)
  return {
    call: <Answer>(name: string, request: object, deadlineMs = ACTION_DEADLINE_MS) => {
      const method = methods.get(name)
      assert(method !== undefined, `${name} is a call of the CRI`)
      return unary<Answer>(client, method, request, deadlineMs)
    },
    close: () => client.close(),
  }
}

/** One call: where it is sent, and how its messages are written and read. */
interface CriMethod {
  readonly path: string
  readonly encode: (request: object) => Buffer
  readonly decode: (answer: Buffer) => object
}

function unary<Answer>(client: Client, method: CriMethod, request: object, deadlineMs: Millis): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const answered = (error: ServiceError | null, answer: object | undefined) => {
      if (error === null) resolve(answer as Answer)
      else reject(new CriError(error.code, error.details || error.message))
    }
    const deadline = new Date(Date.now() + deadlineMs)
    client.makeUnaryRequest(method.path, method.encode, method.decode, request, { deadline }, answered)
  })
}

/** 64-bit numbers as text, enums by name, absent fields with their zero values. */
const READABLE = { longs: String, enums: String, defaults: true }

function readMethods(): ReadonlyMap<string, CriMethod> {
  const root = protobuf.parse(CRI_PROTO, { keepCase: true }).root
  const services = ['RuntimeService', 'ImageService'].map((name) => root.lookupService(`runtime.v1.${name}`))
  return new Map(services.flatMap((service) => service.methodsArray.map((method) => [method.name, readMethod(method)])))
}

function readMethod(method: protobuf.Method): CriMethod {
  method.resolve()
  const { resolvedRequestType: request, resolvedResponseType: response } = method
  assert(request !== null && response !== null, `${method.name} has known messages`)
  return {
    path: `/runtime.v1.${method.parent?.name}/${method.name}`,
    encode: (value) => Buffer.from(request.encode(request.fromObject(value)).finish()),
    decode: (bytes) => response.toObject(response.decode(bytes), READABLE),
  }
}

/** Stopping and removing what is not there has succeeded. */
export async function goneIsFine(call: Promise<unknown>): Promise<void> {
  await call.catch((error) => (isNotFound(error) ? undefined : Promise.reject(error)))
}
