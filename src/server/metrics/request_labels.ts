import { resourceFacts } from '../../api/schema/table.ts'
import type { Core } from '../core.ts'
import { wantsWatch } from '../http/query.ts'
import type { ResourcePath } from '../http/router.ts'
import { metricsTarget } from './resources.ts'
import type { RequestLabels } from './traffic.ts'

const OF_ITEMS: Readonly<Record<string, string>> = {
  GET: 'GET',
  HEAD: 'GET',
  POST: 'POST',
  PUT: 'PUT',
  PATCH: 'PATCH',
  DELETE: 'DELETE',
}
const NOTHING = { group: '', version: '', resource: '', subresource: '' }

/** How a request is counted. What names nothing that is served counts without names. */
export function requestLabels(
  core: Core,
  { method, query }: { readonly method: string; readonly query: string },
  path: ResourcePath | undefined,
): RequestLabels {
  const verb = OF_ITEMS[method] ?? 'OTHER'
  if (path === undefined) return { verb, ...NOTHING }
  const { group, version, resource, name, subresource = '' } = path
  const facts = metricsTarget(core, path)?.facts ?? resourceFacts(group, version, resource)
  if (facts === undefined) return { verb, ...NOTHING }
  const known = facts.subresources.some((one) => one.name === subresource) ? subresource : ''
  const labels = { group, version, resource, subresource: known }
  if (verb !== 'GET' || subresource !== '') return { verb: verbOf(verb, name), ...labels }
  const isWatch = path.watch || (query.includes('watch') && wantsWatch(new URLSearchParams(query)))
  return { verb: isWatch ? 'WATCH' : name === undefined ? 'LIST' : 'GET', ...labels }
}

const verbOf = (verb: string, name: string | undefined): string =>
  verb === 'DELETE' && name === undefined ? 'DELETECOLLECTION' : verb

const LONG = new Set(['log', 'exec', 'attach', 'portforward', 'proxy'])

/** What lasts as long as its client likes says nothing about the server's speed. */
export const isTimed = ({ verb, subresource }: RequestLabels): boolean => verb !== 'WATCH' && !LONG.has(subresource)
