# Dalli. Arguments: host port binary|meta.
require 'dalli'

$passed = $failed = 0
def check(what, actual, expected)
  if actual == expected
    $passed += 1
  else
    $failed += 1
    puts "#{what}: #{actual.inspect} instead of #{expected.inspect}"
  end
end

server = "#{ARGV[0]}:#{ARGV[1]}"
client = Dalli::Client.new(server, protocol: ARGV[2].to_sym, socket_timeout: 20, socket_max_failures: 0)
raw = { raw: true }
%w[rb-a rb-b rb-n].each { |key| client.delete(key) }
check('add', !!client.add('rb-a', '1', nil, raw), true)
check('add again', !!client.add('rb-a', '2', nil, raw), false)
check('replace', !!client.replace('rb-a', '3', nil, raw), true)
client.replace('rb-b', '3', nil, raw)
check('append', !!client.append('rb-a', '4'), true)
check('prepend', !!client.prepend('rb-a', '2'), true)
check('get', client.get('rb-a'), '234')
check('get missing', client.get('rb-b'), nil)
check('cas', !!client.cas('rb-a') { |value| "#{value}!" }, true)
check('get_cas', client.get_cas('rb-a').first, '234!')
check('set_cas, too old', !!client.set_cas('rb-a', 'x', 1), false)
check('set', !!client.set('rb-b', { 'an' => ['object'] }), true)
check('get_multi', client.get_multi('rb-a', 'rb-b', 'rb-n'), { 'rb-a' => '234!', 'rb-b' => { 'an' => ['object'] } })
check('incr missing', client.incr('rb-n', 1), nil)
check('incr with a default', client.incr('rb-n', 5, nil, 100), 100)
check('incr', client.incr('rb-n', 5), 105)
check('decr', client.decr('rb-n', 200), 0)
check('touch', !!client.touch('rb-n', 100), true)
check('touch missing', !!client.touch('rb-none', 100), false)
check('gat', client.gat('rb-a', 100), '234!')
check('fetch', client.fetch('rb-f') { 'made' }, 'made')
client.multi { 50.times { |i| client.set("rb-quiet#{i}", i) } }
check('after quiet sets', client.get_multi((0...50).map { |i| "rb-quiet#{i}" }).values.sort, (0...50).to_a)
check('delete', !!client.delete('rb-n'), true)
check('delete again', !!client.delete('rb-n'), false)
large = "line\r\n" * 150_000
check('set large', !!client.set('rb-large', large, nil, raw), true)
check('get large', client.get('rb-large') == large, true)
check('version', client.version[server].to_s.match?(/\d+\.\d+\.\d+\z/), true)
check('stats', client.stats[server].key?('pid'), true)
check('flush', client.flush.all?, true)
check('after flush', client.get('rb-b'), nil)
puts "passed #{$passed} failed #{$failed}"
exit($failed.zero? ? 0 : 1)
