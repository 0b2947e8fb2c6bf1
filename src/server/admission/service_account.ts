import type { MutableObject } from '../../api/kind_rules.ts'
import type { Pod, ServiceAccount } from '../../api/types.ts'
import { nameSuffix, type Random } from '../../base/random.ts'
import { rawServerError } from '../api_errors.ts'
import { headObject } from '../storage.ts'
import { type AdmissionPlugin, type Attributes, isAbout, refusal } from './admission.ts'
import { mirrorPodFault, secretFault } from './secret_references.ts'

const DEFAULT_ACCOUNT = 'default'
/** Where containers find the token; one that mounts something there itself is left alone. */
const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount'
/** An hour and seven seconds: by the odd number old clients that ask for an hour are told apart. */
const TOKEN_SECONDS = 3607
const READABLE_BY_ALL = 0o644
/** Pods that a node made itself carry this annotation and cannot have an account. */
const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror'

/** Whether pods of the account may name only the secrets that it lists. */
const listsSecrets = ({ metadata }: ServiceAccount): boolean =>
  /^(1|t|T|TRUE|true|True)$/.test(metadata.annotations?.['kubernetes.io/enforce-mountable-secrets'] ?? '')

/** Gives every pod a service account and, unless that is switched off, its token as a volume. */
export const serviceAccount: AdmissionPlugin = {
  name: 'ServiceAccount',
  admit(attributes, { store, random }) {
    if (!isAbout(attributes, '', 'pods') || attributes.operation !== 'CREATE') return
    const { object, namespace } = attributes
    if (isMirror(object)) return refuseMirror(attributes)
    const { spec } = object
    if (!spec.serviceAccountName) spec.serviceAccountName = DEFAULT_ACCOUNT
    const account = headObject<ServiceAccount>(store, 'serviceaccounts', namespace, spec.serviceAccountName)
    if (account === undefined) throw missingAccount(attributes, spec.serviceAccountName)
    if (!spec.imagePullSecrets?.length && account.imagePullSecrets?.length) {
      spec.imagePullSecrets = account.imagePullSecrets.map((reference) => ({ ...reference }))
    }
    if (spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true) mountToken(object, random)
    refuseSecrets(attributes, account, 'new')
  },
  validate(attributes, { store }) {
    const { facts, subresource, operation, object, namespace } = attributes
    if (facts.ref.group !== '' || facts.ref.resource !== 'pods' || isMirror(object)) return
    const adds = operation === 'UPDATE' && subresource === 'ephemeralcontainers'
    if (!adds && (operation !== 'CREATE' || subresource !== undefined)) return
    const name = String(object['spec'].serviceAccountName ?? '')
    if (name === '') throw refusal(attributes, `no service account specified for pod ${namespace}/${attributes.name}`)
    const account = headObject<ServiceAccount>(store, 'serviceaccounts', namespace, name)
    if (account === undefined) throw missingAccount(attributes, name)
    refuseSecrets(attributes, account, adds ? 'ephemeral' : 'new')
  },
}

const isMirror = ({ metadata }: MutableObject): boolean => metadata['annotations']?.[MIRROR_ANNOTATION] !== undefined

/** @throws ApiError 403 when a pod that a node made itself names what only the server could give it */
function refuseMirror(attributes: Attributes): void {
  const fault = mirrorPodFault(attributes.object as unknown as Pod)
  if (fault !== undefined) throw refusal(attributes, fault)
}

/** @throws ApiError 403 when the account lists its secrets and the pod names another one */
function refuseSecrets(attributes: Attributes, account: ServiceAccount, which: 'new' | 'ephemeral'): void {
  if (!listsSecrets(account)) return
  const fault = secretFault(attributes.object as unknown as Pod, account, which)
  if (fault === undefined) return
  throw which === 'new' ? refusal(attributes, fault) : rawServerError(fault)
}

function missingAccount(attributes: Attributes, account: string) {
  const of = `${attributes.namespace}/${account}`
  return refusal(attributes, `error looking up service account ${of}: serviceaccount "${account}" not found`)
}

interface Mount {
  readonly name: string
  readonly mountPath: string
  readonly readOnly?: boolean
}

function mountToken(pod: MutableObject, random: Random): void {
  const { spec } = pod
  const containers: { volumeMounts?: Mount[] }[] = [...(spec.initContainers ?? []), ...(spec.containers ?? [])]
  const unmounted = containers.filter((one) => !one.volumeMounts?.some((mount) => mount.mountPath === TOKEN_PATH))
  if (unmounted.length === 0) return
  const name = tokenVolumeName(spec.volumes ?? [], random)
  for (const container of unmounted) {
    container.volumeMounts = [...(container.volumeMounts ?? []), { name, readOnly: true, mountPath: TOKEN_PATH }]
  }
  if (!(spec.volumes ?? []).some((volume: { name: string }) => volume.name === name)) {
    spec.volumes = [...(spec.volumes ?? []), tokenVolume(name)]
  }
}

const TOKEN_VOLUME_PREFIX = 'kube-api-access-'

/** A volume that is there already, as of a pod that was copied, is used again. */
function tokenVolumeName(volumes: readonly { name: string }[], random: Random): string {
  const present = volumes.find(({ name }) => name.startsWith(TOKEN_VOLUME_PREFIX))
  return present?.name ?? `${TOKEN_VOLUME_PREFIX}${nameSuffix(random)}`
}

const tokenVolume = (name: string): object => ({
  name,
  projected: {
    sources: [
      { serviceAccountToken: { expirationSeconds: TOKEN_SECONDS, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      {
        downwardAPI: {
          items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
        },
      },
    ],
    defaultMode: READABLE_BY_ALL,
  },
})
