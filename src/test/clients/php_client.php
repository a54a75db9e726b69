<?php
// php-memcached, which is libmemcached. Arguments: host port text|binary, and perhaps the name and the password to log in with.
$passed = $failed = 0;
function check($what, $actual, $expected)
{
    global $passed, $failed;
    if ($actual === $expected) {
        $passed++;
    } else {
        $failed++;
        echo "$what: ", json_encode($actual), " instead of ", json_encode($expected), "\n";
    }
}
$m = new Memcached();
$m->setOption(Memcached::OPT_BINARY_PROTOCOL, $argv[3] === 'binary');
$m->setOption(Memcached::OPT_COMPRESSION, false);
if (isset($argv[5])) {
    $m->setSaslAuthData($argv[4], $argv[5]);
}
$m->addServer($argv[1], (int) $argv[2]);
$m->deleteMulti(['php-a', 'php-b', 'php-n']);
check('add', $m->add('php-a', '1'), true);
check('add again', $m->add('php-a', '2'), false);
// libmemcached passes on what the binary protocol says
$exists = $argv[3] === 'binary' ? Memcached::RES_DATA_EXISTS : Memcached::RES_NOTSTORED;
check('the code for it', $m->getResultCode(), $exists);
check('replace', $m->replace('php-a', '3'), true);
check('replace missing', $m->replace('php-b', '3'), false);
check('append', $m->append('php-a', '4'), true);
check('prepend', $m->prepend('php-a', '2'), true);
check('get', $m->get('php-a'), '234');
check('get missing', $m->get('php-b'), false);
check('the code for a miss', $m->getResultCode(), Memcached::RES_NOTFOUND);
$seen = $m->get('php-a', null, Memcached::GET_EXTENDED);
check('cas', $m->cas($seen['cas'], 'php-a', 'x'), true);
check('cas again', $m->cas($seen['cas'], 'php-a', 'y'), false);
check('the code for it', $m->getResultCode(), Memcached::RES_DATA_EXISTS);
check('setMulti', $m->setMulti(['php-a' => ['an' => 'array'], 'php-b' => 7]), true);
check('getMulti', $m->getMulti(['php-a', 'php-b', 'php-n']), ['php-a' => ['an' => 'array'], 'php-b' => 7]);
check('set a number', $m->set('php-n', 10), true);
check('increment', $m->increment('php-n', 5), 15);
check('decrement', $m->decrement('php-n', 20), 0);
if ($argv[3] === 'binary') {
    $m->delete('php-n');
    check('increment with an initial value', $m->increment('php-n', 5, 100, 0), 100);
}
check('touch', $m->touch('php-n', 100), true);
check('touch missing', $m->touch('php-none', 100), false);
check('delete', $m->delete('php-n'), true);
check('delete again', $m->delete('php-n'), false);
$large = str_repeat("line\r\n", 150000);
check('set large', $m->set('php-large', $large), true);
check('get large', $m->get('php-large') === $large, true);
check('getVersion', is_array($m->getVersion()), true);
check('getStats', isset(($m->getStats() ?: [])["$argv[1]:$argv[2]"]['pid']), true);
check('flush', $m->flush(), true);
check('after flush', $m->get('php-b'), false);
echo "passed $passed failed $failed\n";
exit($failed === 0 ? 0 : 1);
