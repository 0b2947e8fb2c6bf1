import protobuf, { type Writer } from 'protobufjs/minimal.js'
import type { SwaggerDocument } from './documents.ts'

type Members = Readonly<Record<string, unknown>>
type Fill = (writer: Writer) => void

/** Writes a nested message. */
function nested(writer: Writer, field: number, fill: Fill): void {
  writer.uint32((field << 3) | 2).fork()
  fill(writer)
  writer.ldelim()
}

function text(writer: Writer, field: number, value: unknown): void {
  if (typeof value === 'string') writer.uint32((field << 3) | 2).string(value)
}

function texts(writer: Writer, field: number, values: unknown): void {
  if (Array.isArray(values)) for (const value of values) text(writer, field, value)
}

function flag(writer: Writer, field: number, value: unknown): void {
  if (value === true) writer.uint32(field << 3).bool(true)
}

/** Maps are lists of messages with a name and a value. */
function named(writer: Writer, field: number, name: string, fill: Fill): void {
  nested(writer, field, (entry) => {
    text(entry, 1, name)
    nested(entry, 2, fill)
  })
}

/** Any value travels as YAML, which JSON is. */
const anyValue =
  (value: unknown): Fill =>
  (writer) =>
    text(writer, 2, JSON.stringify(value))

function extensions(writer: Writer, field: number, members: Members): void {
  for (const [name, value] of Object.entries(members))
    if (name.startsWith('x-')) named(writer, field, name, anyValue(value))
}

/** Field numbers of `openapi.v2.Schema` that hold plain texts. */
const SCHEMA_TEXTS: Readonly<Record<string, number>> = { $ref: 1, format: 2, title: 3, description: 4 }

const schema =
  (members: Members): Fill =>
  (writer) => {
    for (const [name, field] of Object.entries(SCHEMA_TEXTS)) text(writer, field, members[name])
    if (members['default'] !== undefined) nested(writer, 5, anyValue(members['default']))
    texts(writer, 19, members['required'])
    if (Array.isArray(members['enum'])) for (const value of members['enum']) nested(writer, 20, anyValue(value))
    const { additionalProperties, type, items, properties } = members
    if (isMembers(additionalProperties)) nested(writer, 21, (item) => nested(item, 1, schema(additionalProperties)))
    if (typeof type === 'string') nested(writer, 22, (item) => text(item, 1, type))
    if (isMembers(items)) nested(writer, 23, (item) => nested(item, 1, schema(items)))
    if (isMembers(properties)) nested(writer, 25, namedSchemas(properties))
    extensions(writer, 31, members)
  }

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const namedSchemas =
  (schemas: Members): Fill =>
  (writer) => {
    for (const [name, value] of Object.entries(schemas)) named(writer, 1, name, schema(value as Members))
  }

interface Place {
  readonly kind: number
  readonly type: number
  readonly uniqueItems: number
}

/** Where a parameter that is no body stands: the number of its kind in `NonBodyParameter`, and of its members. */
const PLACES: Readonly<Record<string, Place>> = {
  query: { kind: 3, type: 6, uniqueItems: 20 },
  path: { kind: 4, type: 5, uniqueItems: 19 },
}

const parameter =
  (members: Members): Fill =>
  (writer) =>
    nested(writer, 1, (item) => {
      const place = PLACES[String(members['in'])]
      if (place === undefined) nested(item, 1, bodyParameter(members))
      else nested(item, 2, (plain) => nested(plain, place.kind, plainParameter(members, place)))
    })

const bodyParameter =
  (members: Members): Fill =>
  (writer) => {
    text(writer, 2, members['name'])
    text(writer, 3, members['in'])
    flag(writer, 4, members['required'])
    nested(writer, 5, schema(members['schema'] as Members))
  }

const plainParameter =
  (members: Members, place: Place): Fill =>
  (writer) => {
    flag(writer, 1, members['required'])
    text(writer, 2, members['in'])
    text(writer, 3, members['description'])
    text(writer, 4, members['name'])
    text(writer, place.type, members['type'])
    flag(writer, place.uniqueItems, members['uniqueItems'])
  }

function parameters(writer: Writer, field: number, list: unknown): void {
  if (Array.isArray(list)) for (const each of list) nested(writer, field, parameter(each))
}

const operation =
  (members: Members): Fill =>
  (writer) => {
    texts(writer, 1, members['tags'])
    text(writer, 3, members['description'])
    text(writer, 5, members['operationId'])
    texts(writer, 6, members['produces'])
    texts(writer, 7, members['consumes'])
    parameters(writer, 8, members['parameters'])
    nested(writer, 9, responses(members['responses'] as Members))
    texts(writer, 10, members['schemes'])
    extensions(writer, 13, members)
  }

const responses =
  (codes: Members): Fill =>
  (writer) => {
    for (const [code, value] of Object.entries(codes)) {
      const { description, schema: body } = value as Members
      named(writer, 1, code, (item) =>
        nested(item, 1, (response) => {
          text(response, 1, description)
          if (isMembers(body)) nested(response, 2, (either) => nested(either, 1, schema(body)))
        }),
      )
    }
  }

/** Field numbers of the methods in `openapi.v2.PathItem`. */
const METHODS: Readonly<Record<string, number>> = {
  get: 2,
  put: 3,
  post: 4,
  delete: 5,
  options: 6,
  head: 7,
  patch: 8,
}

const pathItem =
  (members: Members): Fill =>
  (writer) => {
    for (const [method, field] of Object.entries(METHODS)) {
      const found = members[method]
      if (isMembers(found)) nested(writer, field, operation(found))
    }
    parameters(writer, 9, members['parameters'])
  }

function security(writer: Writer, { security: needed, securityDefinitions }: SwaggerDocument): void {
  for (const requirement of needed)
    nested(writer, 12, (item) => {
      for (const name of Object.keys(requirement)) named(item, 1, name, () => {})
    })
  nested(writer, 13, (definitions) => {
    for (const [name, facts] of Object.entries(securityDefinitions))
      named(definitions, 1, name, (item) => nested(item, 2, apiKey(facts as Members)))
  })
}

const apiKey =
  (members: Members): Fill =>
  (writer) =>
    ['type', 'name', 'in', 'description'].forEach((member, index) => {
      text(writer, index + 1, members[member])
    })

/** The Swagger document as `openapi.v2.Document` of gnostic, which older kubectl reads only in this form. */
export function swaggerProtobuf(document: SwaggerDocument): Uint8Array {
  const writer = protobuf.Writer.create()
  text(writer, 1, document.swagger)
  nested(writer, 2, (info) => {
    text(info, 1, document.info.title)
    text(info, 2, document.info.version)
  })
  nested(writer, 8, (paths) => {
    for (const [path, item] of Object.entries(document.paths)) named(paths, 2, path, pathItem(item as Members))
  })
  nested(writer, 9, namedSchemas(document.definitions))
  security(writer, document)
  return writer.finish()
}
