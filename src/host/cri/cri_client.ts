import {
  type Client,
  type ClientUnaryCall,
  credentials,
  loadPackageDefinition,
  type ServiceError,
  status,
} from '@grpc/grpc-js'
import { fromJSON } from '@grpc/proto-loader'
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
  const services = loadServices()
  const options = { 'grpc.max_receive_message_length': MESSAGE_BYTES_MAX, 'grpc.max_reconnect_backoff_ms': 1000 }
  const clients = services.map((Service) => new Service(`unix:${socket}`, credentials.createInsecure(), options))
  return {
    call: <Answer>(method: string, request: object, deadlineMs = ACTION_DEADLINE_MS) => {
      const client = clients.find((candidate) => method in candidate)
      assert(client !== undefined, `${method} is a call of the CRI`)
      return unary<Answer>(client, method, request, deadlineMs)
    },
    close: () => {
      for (const client of clients) client.close()
    },
  }
}

type Answered = (error: ServiceError | null, answer: unknown) => void
type UnaryMethod = (request: object, options: { deadline: Date }, answered: Answered) => ClientUnaryCall

function unary<Answer>(client: Client, method: string, request: object, deadlineMs: Millis): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const send = (client as unknown as Record<string, UnaryMethod>)[method] as UnaryMethod
    const deadline = new Date(Date.now() + deadlineMs)
    send.call(client, request, { deadline }, (error, answer) => {
      if (error === null) resolve(answer as Answer)
      else reject(new CriError(error.code, error.details || error.message))
    })
  })
}

type ServiceConstructor = new (address: string, security: unknown, options: object) => Client

function loadServices(): readonly ServiceConstructor[] {
  const root = protobuf.parse(CRI_PROTO, { keepCase: true }).root
  const definition = fromJSON(root.toJSON(), { keepCase: true, longs: String, enums: String, defaults: true })
  const loaded = loadPackageDefinition(definition) as unknown as {
    runtime: { v1: { RuntimeService: ServiceConstructor; ImageService: ServiceConstructor } }
  }
  return [loaded.runtime.v1.RuntimeService, loaded.runtime.v1.ImageService]
}

/** Stopping and removing what is not there has succeeded. */
export async function goneIsFine(call: Promise<unknown>): Promise<void> {
  await call.catch((error) => (isNotFound(error) ? undefined : Promise.reject(error)))
}
