/** Swagger 2.0 and OpenAPI 3.0 differ in where schemas stand and in how parameters and bodies are written. */
export type Dialect = 'v2' | 'v3'

/** A reference to a named schema. */
export const refTo = (typeName: string, dialect: Dialect): { readonly $ref: string } => ({
  $ref: `${dialect === 'v2' ? '#/definitions/' : '#/components/schemas/'}${typeName}`,
})

/** The `info` of every document. */
export const INFO = { title: 'Kubernetes', version: '1.36' } as const
