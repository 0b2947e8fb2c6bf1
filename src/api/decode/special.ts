import { canonicalQuantity, QUANTITY_FORM } from '../quantity.ts'
import { type Codec, isPlainObject } from './codec.ts'
import { microTimeCodec, secondsCodec } from './time_codec.ts'

/** At most three digits before a suffix: such a quantity is its own canonical spelling. */
const SHORT_QUANTITY = /^[1-9]\d{0,2}(m|k|M|G|Ki|Mi|Gi|Ti)?$/

/** `resource.Quantity`: a string or a number, written in its canonical form (`0.5Gi` becomes `512Mi`). */
const quantityCodec: Codec = {
  goType: 'resource.Quantity',
  struct: true,
  decode(value, state) {
    if (typeof value !== 'string' && typeof value !== 'number') return state.abort(QUANTITY_FORM)
    const text = String(value).trim()
    if (SHORT_QUANTITY.test(text)) return text
    return canonicalQuantity(text) ?? state.abort(QUANTITY_FORM)
  },
  zero: () => '0',
  isEmpty: () => false,
}

const INT32_MAX = 0x7fff_ffff
const INT32_MIN = -0x8000_0000

/** `intstr.IntOrString` stays what it was. */
const intOrStringCodec: Codec = {
  goType: 'intstr.IntOrString',
  struct: true,
  decode(value, state) {
    if (typeof value === 'string') return value
    if (typeof value === 'number' && Number.isInteger(value) && value <= INT32_MAX && value >= INT32_MIN) return value
    return state.abortMismatch(value, 'int32', true)
  },
  zero: () => 0,
  isEmpty: () => false,
}

/** Any JSON, kept as it came: `runtime.RawExtension`, `FieldsV1`, the `JSON` of CRD schemas. */
const rawCodec: Codec = {
  goType: 'runtime.RawExtension',
  struct: true,
  decode: (value) => value,
  zero: () => null,
  isEmpty: () => false,
}

/** A value that is either a schema or something simpler; it decodes itself, so unknown fields vanish silently. */
function schemaOr(simple: (value: unknown) => boolean, schema: () => Codec): Codec {
  return {
    goType: 'v1.JSONSchemaProps',
    struct: true,
    decode(value, state) {
      if (simple(value)) return value
      const decode = (item: unknown): unknown => {
        if (!isPlainObject(item)) return state.mismatch(item, 'v1.JSONSchemaProps')
        return state.report?.muted(() => schema().decode(item, state)) ?? schema().decode(item, state)
      }
      return Array.isArray(value) ? value.map(decode) : decode(value)
    },
    zero: () => null,
    isEmpty: () => false,
  }
}

const APIEXTENSIONS = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1'

/** The types whose JSON is not that of a Go struct. */
export function specialCodec(typeName: string, codecOf: (typeName: string) => Codec): Codec | undefined {
  const schema = (): Codec => codecOf(`${APIEXTENSIONS}.JSONSchemaProps`)
  switch (typeName) {
    case 'io.k8s.apimachinery.pkg.apis.meta.v1.Time':
      return secondsCodec
    case 'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime':
      return microTimeCodec
    case 'io.k8s.apimachinery.pkg.api.resource.Quantity':
      return quantityCodec
    case 'io.k8s.apimachinery.pkg.util.intstr.IntOrString':
      return intOrStringCodec
    case 'io.k8s.apimachinery.pkg.runtime.RawExtension':
    case 'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1':
    case `${APIEXTENSIONS}.JSON`:
      return rawCodec
    case `${APIEXTENSIONS}.JSONSchemaPropsOrBool`:
      return schemaOr((value) => typeof value === 'boolean', schema)
    case `${APIEXTENSIONS}.JSONSchemaPropsOrArray`:
      return schemaOr(() => false, schema)
    case `${APIEXTENSIONS}.JSONSchemaPropsOrStringArray`:
      return schemaOr(Array.isArray, schema)
    default:
      return undefined
  }
}
