import assert from 'node:assert/strict'
import { test } from 'node:test'
import { acceptsAny, parseAccept } from './accept_header.ts'
import { negotiate, negotiateAggregated, negotiatePlain, wantsPretty } from './negotiation.ts'

const order = (header: string) => parseAccept(header).map(({ type, subtype }) => `${type}/${subtype}`)
const asking = (accept: string, agent = '', query = '') => ({ headers: { accept, 'user-agent': agent }, query })

test('whole types come before ranges, and what is liked better before the rest', () => {
  assert.deepEqual(order('*/*, text/html;q=0.1, application/json'), ['application/json', 'text/html', '*/*'])
  assert.deepEqual(order('application/json;q=0.4, application/yaml;q=0.5'), ['application/yaml', 'application/json'])
  assert.deepEqual(order('text/*, application/json;q=0'), ['application/json', 'text/*'])
})

test('what is no media type is passed over; a lone star is everything', () => {
  assert.deepEqual(order('garbage, a/b/c, *, ;q=1'), ['*/*'])
  assert.equal(parseAccept('application/json;q=high')[0]?.quality, 0)
})

test('before anything is chosen, one whole type or */* has to be offered', () => {
  assert.equal(acceptsAny('application/*', ['application/json']), false)
  assert.equal(acceptsAny('text/html, application/json;q=0', ['application/json']), true)
  assert.equal(acceptsAny(undefined, ['application/json']), true)
})

test('parameters of a clause choose a transform, or make it unfit', () => {
  const table = 'application/json;as=Table;v=v1;g=meta.k8s.io'
  assert.deepEqual(negotiate(asking(table)).transform, { as: 'Table', version: 'v1' })
  assert.throws(() => negotiate(asking('application/json;v=v1')), { code: 406 })
  assert.equal(negotiate(asking(`${table.replace('v1', 'v9')}, application/yaml`)).mediaType, 'application/yaml')
  assert.equal(negotiatePlain(asking(table)), undefined)
  assert.equal(negotiatePlain(asking('application/yaml;stream=watch')), undefined)
  const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
  assert.equal(negotiateAggregated(asking(`${aggregated},application/json`))?.mediaType, 'application/json')
  assert.equal(negotiateAggregated(asking('*/*')), undefined)
})

test('tools of the command line and browsers get indented JSON unless they say otherwise', () => {
  assert.equal(wantsPretty(asking('', 'curl/8.1')), true)
  assert.equal(wantsPretty(asking('', 'curl/8.1', 'pretty=0')), false)
  assert.equal(wantsPretty(asking('', 'kubectl/v1.36.3', 'pretty=true')), true)
  assert.equal(wantsPretty(asking('', 'kubectl/v1.36.3', 'pretty=yes')), false)
  assert.equal(negotiate(asking('application/json;pretty=1')).pretty, true)
})
