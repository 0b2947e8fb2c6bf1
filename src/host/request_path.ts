import type { ApiRequest, PatchType, RequestOptions, Verb } from '../api/request.ts'

const METHODS: Readonly<Record<Verb, string>> = {
  get: 'GET',
  list: 'GET',
  watch: 'GET',
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  deletecollection: 'DELETE',
}

const PATCH_CONTENT_TYPES: Readonly<Record<PatchType, string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
}

export const methodOf = (verb: Verb): string => METHODS[verb]

export const contentTypeOf = (request: ApiRequest): string =>
  request.patchType === undefined ? 'application/json' : PATCH_CONTENT_TYPES[request.patchType]

/** The path and query of a request. Every part is escaped: a name cannot become another path. */
export function pathOf(request: ApiRequest): string {
  const { group, version, namespace, resource, name, subresource } = request
  const parts = [
    ...(group === '' ? ['api', version] : ['apis', group, version]),
    ...(namespace === undefined ? [] : ['namespaces', namespace]),
    resource,
    ...(name === undefined ? [] : [name]),
    ...(subresource === undefined ? [] : subresource.split('/')),
  ]
  const query = queryOf(request.options, request.verb === 'watch')
  return `/${parts.map(encodeURIComponent).join('/')}${query === '' ? '' : `?${query}`}`
}

function queryOf(options: RequestOptions, isWatch: boolean): string {
  const query = new URLSearchParams()
  if (isWatch) query.set('watch', 'true')
  for (const [name, value] of Object.entries(options)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) query.append(name, String(one))
  }
  return query.toString()
}
