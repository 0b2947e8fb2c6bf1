import { type AdmissionPlugin, isAbout } from './admission.ts'

/** How long a pod stays on a node that is not ready or cannot be reached, unless it says otherwise. */
const TOLERATION_SECONDS = 300
const KEYS = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']

interface Toleration {
  readonly key?: string
  readonly effect?: string
  readonly operator?: string
  readonly tolerationSeconds?: number
}

const covers = (toleration: Toleration, key: string): boolean =>
  (toleration.key === key || !toleration.key) && (toleration.effect === 'NoExecute' || !toleration.effect)

/** Adds the two default tolerations behind the pod's own. */
export const defaultTolerations: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  admit(attributes) {
    if (!isAbout(attributes, '', 'pods')) return
    const { spec } = attributes.object
    const own: Toleration[] = spec.tolerations ?? []
    const missing = KEYS.filter((key) => !own.some((toleration) => covers(toleration, key)))
    if (missing.length === 0) return
    const added = missing.map((key) => ({
      key,
      operator: 'Exists',
      effect: 'NoExecute',
      tolerationSeconds: TOLERATION_SECONDS,
    }))
    spec.tolerations = [...own, ...added]
  },
}
