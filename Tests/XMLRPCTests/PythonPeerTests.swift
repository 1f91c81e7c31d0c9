import Support
import Testing
import Values

@testable import XMLRPC

/// The library that most scripts use, on the other side of the codec.
@Suite(.enabled(if: Program("python3") != nil, "needs python3"))
struct PythonPeerTests {
    private static let samples: [Value] = [
        .null, true, false, 0, -2_147_483_648, .int(.max), .int(.min), 1.5, 1e300, .double(.leastNonzeroMagnitude), "",
        " blank ", "a<b>&c]]>\r\n\t",
        "äöü € 😀", [], [1, [2, [3]]],
        ["result_code": 0, "result_name": "OK", "result_output": [["host": "n11", "volume id": 0]], "empty": .null],
    ]

    private func python(_ script: String, input: [UInt8]) throws -> [UInt8] {
        let result = try #require(Program("python3")).run(["-c", script], input: input)
        #expect(result.status == 0)
        return result.output
    }

    @Test func pythonReadsAndWritesBackEveryValue() throws {
        let call = MethodCall(methodName: "system.echo", parameters: Self.samples.filter(Self.isWrittenByPython))
        let script = """
            import sys, xmlrpc.client
            parameters, name = xmlrpc.client.loads(sys.stdin.buffer.read())
            sys.stdout.buffer.write(xmlrpc.client.dumps(parameters, name, allow_none=True).encode())
            """
        #expect(try MethodCall(parsing: python(script, input: call.encoded())) == call)
    }

    /// Python refuses to write i8, and writes a carriage return so that readers turn it into a line feed.
    private static func isWrittenByPython(_ value: Value) -> Bool {
        switch value {
        case .int(let number): Int32(exactly: number) != nil
        case .string(let text): !text.unicodeScalars.contains("\r")
        default: true
        }
    }

    @Test func pythonSeesTheSameTypes() throws {
        let response = MethodResponse.value(.list(Self.samples))
        let script = """
            import sys, xmlrpc.client
            (value,), _ = xmlrpc.client.loads(sys.stdin.buffer.read(), use_builtin_types=True)
            print(repr(value[:15]))
            print(repr(sorted(value[16].items())))
            """
        let output = String(decoding: try python(script, input: response.encoded()), as: UTF8.self)
        #expect(
            output.contains(
                "[None, True, False, 0, -2147483648, 9223372036854775807, -9223372036854775808, 1.5, 1e+300,"))
        #expect(output.contains(#"5e-324, '', ' blank ', 'a<b>&c]]>\r\n\t', 'äöü € 😀', []]"#))
        #expect(output.contains("('result_output', [{'host': 'n11', 'volume id': 0}])"))
    }

    @Test func whatPythonWritesIsReadWithItsTypes() throws {
        let script = """
            import sys, datetime, xmlrpc.client
            value = {'none': None, 'flag': True, 'number': -7, 'real': 1e-07, 'text': 'a<ä\\t\\n😀 ', 'bytes': b'x' * 100,
                'time': datetime.datetime(2024, 2, 29, 1, 2, 3), 'list': [(), [1, 'x']], 'map': {'': {}}}
            sys.stdout.buffer.write(xmlrpc.client.dumps((value,), 'job_exec', allow_none=True).encode())
            """
        let call = try MethodCall(parsing: python(script, input: []))
        #expect(
            call.parameters == [
                [
                    "none": .null, "flag": true, "number": -7, "real": 1e-07, "text": "a<ä\t\n😀 ",
                    "bytes": .string(String(repeating: "x", count: 100)), "time": "2024-02-29T01:02:03",
                    "list": [[], [1, "x"]], "map": ["": .map([:])],
                ]
            ])
    }

    @Test func aFaultIsRaisedInPython() throws {
        let script = """
            import sys, xmlrpc.client
            try:
                xmlrpc.client.loads(sys.stdin.buffer.read())
            except xmlrpc.client.Fault as fault:
                print(fault.faultCode, fault.faultString)
            """
        let document = MethodResponse.fault(Fault(.internalError, "<broken>")).encoded()
        #expect(String(decoding: try python(script, input: document), as: UTF8.self) == "-32603 <broken>\n")
    }

    @Test func aMulticallOfPythonIsTakenApart() throws {
        let script = """
            import sys, xmlrpc.client
            calls = [{'methodName': 'job_list', 'params': ()}, {'methodName': 'job_exec', 'params': ('db_list',)}]
            sys.stdout.buffer.write(xmlrpc.client.dumps((calls,), 'system.multicall').encode())
            """
        let call = try MethodCall(parsing: python(script, input: []))
        let calls = try Multicall.calls(in: call).map { try $0.get() }
        #expect(calls.map(\.methodName) == ["job_list", "job_exec"])
        #expect(calls.last?.parameters == ["db_list"])
    }
}
