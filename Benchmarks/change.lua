-- Each request sets another value, so that each makes a revision.
local threads = 0

function setup(thread)
    threads = threads + 1
    thread:set("number", threads * 10000000 + os.time() % 1000000 * 10)
end

function request()
    number = number + 1
    local body = '{"type":"general_settings","params":{"changes":{"Global":{"StorageMaxConnections":' .. number .. '}}}}'
    return wrk.format("POST", nil, nil, body)
end
