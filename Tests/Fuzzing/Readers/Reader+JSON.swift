import Values

@testable import Gateway
@testable import LegacyRPC
@testable import RESTAPI

extension Reader {
    static let jsonCorpus = [
        #"{"type":"db_start","params":{"n":[1,2.5e1,"é\u00fc\n\ud83d\ude00",null,true]},"x":-0.1}"#,
        #"[{"a":{"a":[9223372036854775807,1e20,7e2,-0]}},{"a":" "}]"#,
    ]
    static let jsonWords = [
        "{", "}", "[", "]", ",", ":", "\"", "\\u", "\\ud800", "\\udc00", "\\\"", "null", "true", "1e999", "-",
        "0.1", "1E+5", "9223372036854775808", "\u{FEFF}", "\"a\":", "\"method\":", "\"params\":", "//",
    ]

    static let json = Reader("json", jsonCorpus.map { Array($0.utf8) }, words: jsonWords) { bytes in
        _ = try? JSON.texts(of: "a", in: bytes)
        _ = try? JSON.parse(bytes, limits: .init(depth: 2, count: 5))
        guard let value = try? JSON.parse(bytes) else {
            try require((try? JSON.request(bytes)) == nil, "a request may be what no document may be")
            return
        }
        let written = JSON.bytes(value)
        try require(try JSON.parse(written) == value, "another value is read back")
        let request = try JSON.request(bytes)
        try require(try JSON.request(JSON.bytes(request)) == request, "another request is read back")
        _ = try? JSONRPCRequest(request)
    }
}
