import type { MutableObject } from '../../api/kind_rules.ts'
import type { ServiceAccount } from '../../api/types.ts'
import { nameSuffix, type Random } from '../../base/random.ts'
import { forbidden } from '../api_errors.ts'
import { headObject } from '../storage.ts'
import { type AdmissionPlugin, type Attributes, isAbout } from './admission.ts'

const DEFAULT_ACCOUNT = 'default'
/** Where containers find the token; one that mounts something there itself is left alone. */
const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount'
/** An hour and seven seconds: by the odd number old clients that ask for an hour are told apart. */
const TOKEN_SECONDS = 3607
const READABLE_BY_ALL = 0o644
/** Pods that a node made itself carry this annotation and cannot have an account. */
const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror'

/** Gives every pod a service account and, unless that is switched off, its token as a volume. */
export const serviceAccount: AdmissionPlugin = {
  name: 'ServiceAccount',
  admit(attributes, { store, random }) {
    if (!isAbout(attributes, '', 'pods') || attributes.operation !== 'CREATE') return
    const { object, namespace } = attributes
    if (object.metadata['annotations']?.[MIRROR_ANNOTATION] !== undefined) return
    const { spec } = object
    if (!spec.serviceAccountName) spec.serviceAccountName = DEFAULT_ACCOUNT
    const account = headObject<ServiceAccount>(store, 'serviceaccounts', namespace, spec.serviceAccountName)
    if (account === undefined) throw missingAccount(attributes, spec.serviceAccountName)
    if (!spec.imagePullSecrets?.length && account.imagePullSecrets?.length) {
      spec.imagePullSecrets = account.imagePullSecrets.map((reference) => ({ ...reference }))
    }
    if (spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true) mountToken(object, random)
  },
}

function missingAccount({ facts, object, namespace }: Attributes, account: string) {
  const why = `error looking up service account ${namespace}/${account}: serviceaccount "${account}" not found`
  return forbidden(facts.ref, String(object.metadata['name'] ?? ''), why)
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
function tokenVolumeName(volumes: readonly { name: string; projected?: object }[], random: Random): string {
  const present = volumes.find(
    (volume) => volume.name.startsWith(TOKEN_VOLUME_PREFIX) && volume.projected !== undefined,
  )
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
