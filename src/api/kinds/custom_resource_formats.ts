import { type Schema, schemaParts } from './custom_resource_schema.ts'

/** Formats of texts that are checked; dashes do not count. */
const TEXT_FORMATS = new Set([
  'bsonobjectid',
  'byte',
  'cidr',
  'creditcard',
  'date',
  'datetime',
  'duration',
  'email',
  'hexcolor',
  'hostname',
  'ipv4',
  'ipv6',
  'isbn',
  'isbn10',
  'isbn13',
  'k8slongname',
  'k8sshortname',
  'mac',
  'password',
  'rgbcolor',
  'ssn',
  'uri',
  'uuid',
  'uuid3',
  'uuid4',
  'uuid5',
])

function isKnownFormat(format: string, type = ''): boolean {
  switch (type) {
    case '':
    case 'string':
      return TEXT_FORMATS.has(format.replaceAll('-', ''))
    case 'integer':
      return format === 'int32' || format === 'int64'
    case 'number':
      return format === 'float' || format === 'double'
    default:
      return false
  }
}

/** Formats that nobody will check, in a schema and all within it. */
export function unknownFormats(schema: Schema): string[] {
  const { format, type } = schema
  const own = format && !isKnownFormat(format, type) ? [format] : []
  return [...own, ...schemaParts(schema, '').flatMap(([part]) => unknownFormats(part))]
}
