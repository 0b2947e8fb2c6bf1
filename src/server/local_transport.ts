import type { ApiAnswer, ApiRequest, Transport, UserInfo, WatchSink } from '../api/request.ts'
import { checkAccess } from './access/access.ts'
import { checkNodeRead } from './access/node_reads.ts'
import type { Answer, Call } from './call.ts'
import type { Core } from './core.ts'
import { dispatch, dispatchWatch } from './dispatch.ts'
import { utf8 } from './http/http_types.ts'
import { plainObject, textOf } from './http/representation.ts'
import { targetOf } from './http/router.ts'
import { metricsTarget } from './metrics/resources.ts'

/** The door for clients in the same process: authorization, admission and validation, but no encoding. */
export function createLocalTransport(core: Core, user: UserInfo): Transport {
  return {
    async request(request) {
      const call = callOf(core, user, request)
      return apiAnswer(await dispatch(core, call), call.warnings)
    },
    async watch(request, sink) {
      const handle = await dispatchWatch(core, callOf(core, user, request), {
        change: ({ type, view }) => (sink as WatchSink).event({ type, object: view.object }),
        closed: (error) => sink.closed(error),
      })
      request.signal?.addEventListener('abort', () => handle.stop(), { once: true })
      return handle
    },
  }
}

function callOf(core: Core, user: UserInfo, request: ApiRequest): Call {
  const { group, version, resource, namespace, name, subresource } = request
  const path = { group, version, resource, namespace, name, subresource, rest: '', watch: false }
  const target = metricsTarget(core, path) ?? targetOf(path)
  checkAccess(core.authorizer, user, request)
  checkNodeRead(core, user, request)
  return {
    user,
    request,
    target,
    body: request.body === undefined ? { type: 'none' } : { type: 'value', value: request.body },
    warnings: [],
    defaultManager: user.name,
  }
}

function apiAnswer({ code, body }: Answer, warnings: readonly string[]): ApiAnswer {
  const object = body.type === 'list' ? wholeList(body) : plainObject(body)
  let bytes: Uint8Array | undefined
  return {
    code,
    object,
    bytes: () => (bytes ??= utf8(body.type === 'object' ? textOf(body.view) : JSON.stringify(object))),
    warnings,
  }
}

/** In the same process the items keep their type: they are the stored objects themselves. */
function wholeList(body: Extract<Answer['body'], { type: 'list' }>): object {
  const { kind, group, version } = body.facts.ref
  return {
    kind: `${kind}List`,
    apiVersion: group === '' ? version : `${group}/${version}`,
    metadata: body.metadata,
    items: body.items.map((item) => item.object),
  }
}
