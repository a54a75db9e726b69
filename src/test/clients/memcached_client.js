// The npm package memcached: text protocol. Arguments: host port. NODE_PATH names the directory of the package.
const Memcached = require('memcached');
const [host, port] = process.argv.slice(2);
const client = new Memcached(`${host}:${port}`, { timeout: 20000, retries: 0 });
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

/** Calls a method; what it calls an error and is only "not stored" is false. */
function call(method, ...args) {
  return new Promise((resolve, reject) => {
    client[method](...args, (error, data) => {
      if (error && error.notStored) resolve(false);
      else if (error) reject(new Error(`${method}: ${error}`));
      else resolve(data);
    });
  });
}

async function run() {
  for (const key of ['m-a', 'm-b', 'm-n']) await call('del', key);
  check('add', await call('add', 'm-a', '1', 0), true);
  check('add again', await call('add', 'm-a', '2', 0).catch(() => false), false);
  check('replace', await call('replace', 'm-a', '3', 0), true);
  check('replace missing', await call('replace', 'm-b', '3', 0).catch(() => false), false);
  check('append', await call('append', 'm-a', '4'), true);
  check('prepend', await call('prepend', 'm-a', '2'), true);
  check('get', await call('get', 'm-a'), '234');
  check('get missing', await call('get', 'm-b'), undefined);
  const seen = await call('gets', 'm-a');
  check('cas', await call('cas', 'm-a', 'x', seen.cas, 0), true);
  check('cas again', await call('cas', 'm-a', 'y', seen.cas, 0), false);
  check('set', await call('set', 'm-b', { an: ['object'] }, 100), true);
  check('getMulti', await call('getMulti', ['m-a', 'm-b', 'm-n']), { 'm-a': 'x', 'm-b': { an: ['object'] } });
  check('incr missing', await call('incr', 'm-n', 1), false);
  await call('set', 'm-n', 10, 0);
  check('incr', await call('incr', 'm-n', 5), 15);
  check('decr', await call('decr', 'm-n', 20), 0);
  check('touch', await call('touch', 'm-n', 100), true);
  check('del', await call('del', 'm-n'), true);
  check('del again', await call('del', 'm-n'), false);
  const large = 'line\r\n'.repeat(20000);
  check('set large', await call('set', 'm-large', large, 0), true);
  check('get large', (await call('get', 'm-large')) === large, true);
  check('version', (await call('version'))[0].version.split('.').length, 3);
  check('stats', 'pid' in (await call('stats'))[0], true);
  check('settings', (await call('settings')).length, 1);
  check('flush', await call('flush'), [true]);
  check('after flush', await call('get', 'm-b'), undefined);
}

run()
  .catch((error) => { failed++; console.log(`${error}`); })
  .finally(() => {
    console.log(`passed ${passed} failed ${failed}`);
    process.exit(failed === 0 ? 0 : 1);
  });
