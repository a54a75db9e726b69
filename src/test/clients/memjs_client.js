// memjs: binary protocol. Arguments: host port. NODE_PATH names the directory of the package.
const memjs = require('memjs');
const [host, port] = process.argv.slice(2);
const client = memjs.Client.create(`${host}:${port}`, { timeout: 20, conntimeout: 20, retries: 1 });
let passed = 0;
let failed = 0;

function check(what, actual, expected) {
  if (JSON.stringify(actual) === JSON.stringify(expected)) {
    passed++;
  } else {
    failed++;
    console.log(`${what}: ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`);
  }
}

async function get(key) {
  const { value } = await client.get(key);
  return value === null ? null : value.toString();
}

async function run() {
  for (const key of ['js-a', 'js-b', 'js-n']) await client.delete(key);
  check('add', await client.add('js-a', '1', {}), true);
  check('add again', await client.add('js-a', '2', {}), false);
  check('replace', await client.replace('js-a', '3', {}), true);
  check('replace missing', await client.replace('js-b', '3', {}), false);
  check('append', await client.append('js-a', '4'), true);
  // its prepend sends the opcode of append
  check('get', await get('js-a'), '34');
  check('get missing', await get('js-b'), null);
  check('set', await client.set('js-b', 'value', { expires: 100 }), true);
  check('increment with an initial value', (await client.increment('js-n', 5, { initial: 100 })).value, 100);
  check('increment', (await client.increment('js-n', 5, {})).value, 105);
  check('decrement', (await client.decrement('js-n', 6, {})).value, 99);
  check('touch', await client.touch('js-b', 100), true);
  check('delete', await client.delete('js-n'), true);
  check('delete again', await client.delete('js-n'), false);
  const large = Buffer.alloc(900000, 'line\r\n');
  check('set large', await client.set('js-large', large, {}), true);
  check('get large', Buffer.compare((await client.get('js-large')).value, large), 0);
  const stats = await new Promise((resolve, reject) =>
    client.stats((error, server, all) => (error ? reject(error) : resolve(all))));
  check('stats', 'pid' in stats, true);
  await new Promise((resolve, reject) => client.flush((error) => (error ? reject(error) : resolve())));
  check('after flush', await get('js-b'), null);
}

run()
  .catch((error) => { failed++; console.log(`${error}`); })
  .finally(() => {
    console.log(`passed ${passed} failed ${failed}`);
    process.exit(failed === 0 ? 0 : 1);
  });
