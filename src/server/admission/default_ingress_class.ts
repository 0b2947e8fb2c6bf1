import { type AdmissionPlugin, isAbout } from './admission.ts'

const CLASS_ANNOTATION = 'kubernetes.io/ingress.class'

/** An Ingress that names no class, in neither way, gets the default one, if there is any. */
export const defaultIngressClass: AdmissionPlugin = {
  name: 'DefaultIngressClass',
  admit(attributes, { defaultIngressClass: byDefault }) {
    if (!isAbout(attributes, 'networking.k8s.io', 'ingresses') || attributes.operation !== 'CREATE') return
    const { object } = attributes
    const asked = object['spec']?.ingressClassName ?? object.metadata['annotations']?.[CLASS_ANNOTATION]
    if (asked !== undefined) return
    const found = byDefault()
    if (found !== undefined) object['spec'] = { ...object['spec'], ingressClassName: found.metadata.name }
  },
}
