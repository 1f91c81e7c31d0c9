import Values
import XMLRPC

extension Reader {
    private static let xmlWords = [
        "<value>", "</value>", "<string>", "<int>", "<i8>", "<double>", "<boolean>", "<base64>", "<nil/>", "<ex:nil/>",
        "<dateTime.iso8601>", "<array><data>", "</data></array>", "<struct>", "<member><name>", "</name>", "</member>",
        "</struct>", "<fault>", "<!DOCTYPE x [<!ENTITY a \"b\">]>", "&a;", "&#0;", "&#x110000;", "&lt;", "<![CDATA[",
        "]]>", "<!--", "-->", "<?x ?>", "encoding='UTF-16'", "encoding='latin1'", "\u{FEFF}", "\u{0}", "1e308", "NaN",
        "99999999999999999999", "-0", "20260131T23:59:60",
    ]
    private static let values: Value = [
        nil_, true, -5, 5_000_000_000, 2.5, "a<b>&\r\n é", "BASE64", ["x": ["y": []]],
    ]
    private static var nil_: Value { .null }

    static let methodCall = Reader(
        "xml-rpc-call",
        [
            MethodCall(methodName: "job_start", parameters: [values]).encoded(),
            Array("<?xml version='1.0' encoding='us-ascii'?><methodCall><methodName>m</methodName></methodCall>".utf8),
        ], words: xmlWords
    ) { bytes in
        for encoding in [nil, "utf-16", "iso-8859-1"] {
            guard let call = try? MethodCall(parsing: bytes, limits: limits, encoding: encoding) else { continue }
            try require(MethodCall.isName(call.methodName), "the name '\(call.methodName)'")
            let written = call.encoded()
            try require(try MethodCall(parsing: written) == call || call.hasBinary, "another call is read back")
            _ = try? Multicall.calls(in: call)
        }
    }

    static let methodResponse = Reader(
        "xml-rpc-response",
        [MethodResponse.value(values).encoded(), MethodResponse.fault(Fault(.invalidRequest, "no")).encoded()],
        words: xmlWords
    ) { bytes in
        guard let response = try? MethodResponse(parsing: bytes, limits: limits) else { return }
        try require(try MethodResponse(parsing: response.encoded()) == response, "another answer is read back")
    }

    /// Small, so that inputs get to them.
    private static let limits = Limits(bodyBytes: 4000, depth: 8, elements: 200, textBytes: 1000)
}
