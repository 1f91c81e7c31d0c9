import Testing
import Values

@testable import XMLRPC

struct MethodCallTests {
    @Test func aCallWithParametersIsRead() throws {
        let document = """
            <?xml version='1.0'?>
            <methodCall>
            <methodName>job_exec</methodName>
            <params>
            <param>
            <value><string>db_state</string></value>
            </param>
            <param>
            <value><struct>
            <member>
            <name>params</name>
            <value><struct>
            <member>
            <name>db_name</name>
            <value><string>DB1</string></value>
            </member>
            </struct></value>
            </member>
            </struct></value>
            </param>
            </params>
            </methodCall>
            """
        let call = try MethodCall(parsing: document.utf8)
        #expect(call.methodName == "job_exec")
        #expect(call.parameters == ["db_state", ["params": ["db_name": "DB1"]]])
    }

    @Test(arguments: ["<params/>", "<params></params>", ""])
    func aCallWithoutParametersIsRead(params: String) throws {
        let call = try MethodCall(parsing: "<methodCall><methodName>job_list</methodName>\(params)</methodCall>".utf8)
        #expect(call == MethodCall(methodName: "job_list"))
    }

    @Test func bytesThatDoNotLieTogetherAreRead() throws {
        let bytes = MethodCall(methodName: "job_list", parameters: [1]).encoded()
        let pieces = [bytes.prefix(20), bytes.dropFirst(20)].joined()
        #expect(
            try MethodCall(parsing: Array(pieces).lazy.map { $0 })
                == MethodCall(methodName: "job_list", parameters: [1]))
    }

    @Test(arguments: [
        "", " job_list", "job list", "job-list", "jöb", "job_list\n", "a&lt;b", String(repeating: "a", count: 256),
    ])
    func aMethodNameWithOtherCharactersIsRefused(name: String) {
        let error = failure(ofDocument: "<methodCall><methodName>\(name)</methodName></methodCall>")
        #expect(error?.code == .valueInvalid)
    }

    @Test(arguments: ["system.listMethods", "a/b:c_D9", String(repeating: "a", count: 255)])
    func aMethodNameOfAllowedCharactersIsTaken(name: String) throws {
        let document = "<methodCall><methodName>\(name)</methodName></methodCall>"
        #expect(try MethodCall(parsing: document.utf8).methodName == name)
    }

    @Test(arguments: [
        "<methodResponse><params><param><value/></param></params></methodResponse>",
        "<methodCall/>",
        "<methodCall><params/></methodCall>",
        "<methodCall><methodName>m</methodName><methodName>m</methodName></methodCall>",
        "<methodCall><methodName>m</methodName><params/><params/></methodCall>",
        "<methodCall><params/><methodName>m</methodName></methodCall>",
        "<methodCall><methodName>m</methodName><params><value/></params></methodCall>",
        "<methodCall><methodName>m</methodName><params><param/></params></methodCall>",
        "<methodCall><methodName>m</methodName><params><param><value/><value/></param></params></methodCall>",
        "<methodCall>x<methodName>m</methodName></methodCall>",
        "<methodCall><methodName>m</methodName>x</methodCall>",
        "<methodCall><methodName><b>m</b></methodName></methodCall>",
        "<methodCall id='1'><methodName>m</methodName></methodCall>",
        "<MethodCall><methodName>m</methodName></MethodCall>",
        "<html><body>401</body></html>",
    ])
    func aDocumentOfAnotherShapeIsRefused(document: String) {
        #expect(failure(ofDocument: document)?.code == .structureInvalid)
    }

    @Test(arguments: [
        "", " ", "x", "<methodCall>", "<methodCall><methodName>m</methodName></methodCall><methodCall/>",
        "<methodCall><methodName>m</methodName></methodCall>trailing", "<methodCall><methodName>m</methodCall>",
        "<methodCall><methodName>&unknown;</methodName></methodCall>", "<methodCall><methodName>&#1;</methodName>",
    ])
    func aDocumentThatIsNotWellFormedIsRefused(document: String) {
        let error = failure(ofDocument: document)
        #expect(error?.code == .notWellFormed)
        #expect(error?.fault.code == -32700)
    }

    @Test func namespaceDeclarationsAreTheOnlyAttributes() throws {
        let document = """
            <methodCall xmlns:ex="http://ws.apache.org/xmlrpc/namespaces/extensions"><methodName>m</methodName>\
            <params><param><value><ex:nil/></value></param></params></methodCall>
            """
        #expect(try MethodCall(parsing: document.utf8).parameters == [.null])
    }

    @Test func everyPrefixOfADocumentIsRefusedWithoutATrap() {
        let bytes = MethodCall(methodName: "m", parameters: [["a": [1, 2.5, true, "ä"]]]).encoded()
        let end = bytes.lastIndex(of: UInt8(ascii: ">")) ?? 0
        for length in 0..<end {
            #expect(throws: XMLRPCError.self) { try MethodCall(parsing: bytes.prefix(length)) }
        }
    }

    @Test func changedBytesNeverTrap() {
        var generator = SystemRandomNumberGenerator()
        let original = MethodCall(
            methodName: "m", parameters: [["a": [1, 2.5, true, "ä"], "b": "BASE64", "c": .null]]
        ).encoded().replacing(
            Array("<string>BASE64</string>".utf8), with: Array("<base64>AQID</base64>".utf8))
        var refused = 0
        for _ in 0..<3000 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            if (try? MethodCall(parsing: bytes)) == nil { refused += 1 }
        }
        #expect(refused > 1000)
    }
}
