import { readFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import { parse } from 'yaml'

/** No answer of a request that is not a watch may take longer. */
const REQUEST_MS_MAX = 30_000

export interface Answer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly text: string
}

export interface OpenAnswer {
  readonly request: http.ClientRequest
  readonly response: http.IncomingMessage
}

export interface Connection {
  open(
    method: string,
    path: string,
    headers?: Readonly<Record<string, string | number>>,
    body?: string | Buffer,
  ): Promise<OpenAnswer>
  call(
    method: string,
    path: string,
    headers?: Readonly<Record<string, string | number>>,
    body?: string | Buffer,
  ): Promise<Answer>
  close(): void
}

type Entry = Readonly<Record<string, string | boolean>>

interface Kubeconfig {
  readonly 'current-context'?: string
  readonly clusters: readonly { readonly name: string; readonly cluster: Entry }[]
  readonly users: readonly { readonly name: string; readonly user: Entry }[]
  readonly contexts: readonly {
    readonly name: string
    readonly context: { readonly cluster: string; readonly user: string }
  }[]
}

/** Connects to the server of a kubeconfig file (its current context; data embedded or in files). */
export function connect(kubeconfigFile: string): Connection {
  const { cluster, user } = currentContext(parse(readFileSync(kubeconfigFile, 'utf8')) as Kubeconfig)
  const server = new URL(cluster['server'] as string)
  const transport = server.protocol === 'https:' ? https : http
  const agent = new transport.Agent({
    keepAlive: true,
    maxSockets: 64,
    // A server with a certificate of its own making says so in its kubeconfig, as kubectl knows it.
    rejectUnauthorized: cluster['insecure-skip-tls-verify'] !== true,
    ...given('ca', blob(cluster, 'certificate-authority')),
    ...given('cert', blob(user, 'client-certificate')),
    ...given('key', blob(user, 'client-key')),
  })
  const bearer: Record<string, string> = user['token'] ? { authorization: `Bearer ${user['token']}` } : {}

  const open: Connection['open'] = (method, path, headers = {}, body) =>
    new Promise((resolve, reject) => {
      const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }
      const options = {
        agent,
        host: server.hostname,
        port: server.port,
        method,
        path,
        headers: { ...bearer, ...length, ...headers },
      }
      const request = transport.request(options, (response) => resolve({ request, response }))
      request.on('error', reject)
      request.setTimeout(REQUEST_MS_MAX, () =>
        request.destroy(new Error(`no answer in ${REQUEST_MS_MAX} ms: ${method} ${path}`)),
      )
      request.end(body)
    })

  const call: Connection['call'] = async (method, path, headers, body) => {
    const { response } = await open(method, path, headers, body)
    const chunks: Buffer[] = []
    for await (const chunk of response) chunks.push(chunk as Buffer)
    return { status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString() }
  }

  return { open, call, close: () => agent.destroy() }
}

function currentContext(config: Kubeconfig) {
  const name = config['current-context']
  const context = config.contexts.find((entry) => entry.name === name) ?? config.contexts[0]
  const cluster = config.clusters.find((entry) => entry.name === context?.context.cluster)?.cluster
  if (context === undefined || cluster === undefined) throw new Error('the kubeconfig names no cluster')
  return { cluster, user: config.users.find((entry) => entry.name === context.context.user)?.user ?? {} }
}

function blob(entry: Entry, field: string): Buffer | undefined {
  const data = entry[`${field}-data`]
  if (typeof data === 'string') return Buffer.from(data, 'base64')
  const file = entry[field]
  return typeof file === 'string' ? readFileSync(file) : undefined
}

const given = (name: string, value: Buffer | undefined) => (value === undefined ? {} : { [name]: value })
