import { groupTag, groupWord } from './names.ts'
import { OBJECT_MEDIA_TYPES, type SimplePath } from './paths.ts'

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1'

/** Paths that belong to no resource; each has a document of its own in OpenAPI v3, called as the path. */
const FIXED: Readonly<Record<string, SimplePath>> = {
  api: {
    tag: 'core',
    description: 'get available API versions',
    id: 'getCoreAPIVersions',
    mediaTypes: OBJECT_MEDIA_TYPES,
    answer: `${META}.APIVersions`,
  },
  apis: {
    tag: 'apis',
    description: 'get available API versions',
    id: 'getAPIVersions',
    mediaTypes: OBJECT_MEDIA_TYPES,
    answer: `${META}.APIGroupList`,
  },
  version: {
    tag: 'version',
    description: 'get the version information for this server',
    id: 'getCodeVersion',
    mediaTypes: ['application/json'],
    answer: 'io.k8s.apimachinery.pkg.version.Info',
  },
  '.well-known/openid-configuration': {
    tag: 'WellKnown',
    description: 'get the OpenID configuration of the issuer of service account tokens',
    id: 'getServiceAccountIssuerOpenIDConfiguration',
    mediaTypes: ['application/json'],
    answer: undefined,
  },
  'openid/v1/jwks': {
    tag: 'openid',
    description: 'get the public keys that verify service account tokens',
    id: 'getServiceAccountIssuerOpenIDKeyset',
    mediaTypes: ['application/jwk-set+json'],
    answer: undefined,
  },
}

const groupRoot = (group: string): SimplePath => ({
  tag: groupTag(group),
  description: 'get information of a group',
  id: `get${groupWord(group)}APIGroup`,
  mediaTypes: OBJECT_MEDIA_TYPES,
  answer: `${META}.APIGroup`,
})

/** The paths above those of resources, by the names of their documents: `apis/apps`. */
export function rootPaths(groups: readonly string[]): ReadonlyMap<string, SimplePath> {
  const named = groups.filter((group) => group !== '').map((group) => [`apis/${group}`, groupRoot(group)] as const)
  return new Map([...Object.entries(FIXED), ...named])
}
