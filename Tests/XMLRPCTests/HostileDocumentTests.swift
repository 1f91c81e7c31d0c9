import Testing
import Values

@testable import XMLRPC

struct HostileDocumentTests {
    private static let body = "<methodCall><methodName>&x;</methodName></methodCall>"

    @Test(arguments: [
        "<!DOCTYPE methodCall [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>\(body)",
        "<!DOCTYPE methodCall [<!ENTITY x 'job_list'>]>\(body)",
        "<!DOCTYPE methodCall SYSTEM 'http://127.0.0.1/x.dtd'>\(body)",
        "<!DOCTYPE methodCall [<!ENTITY a 'aa'><!ENTITY b '&a;&a;'><!ENTITY x '&b;&b;'>]>\(body)",
        "<!DOCTYPE methodCall>\(body)",
    ])
    func aDoctypeIsRefusedBeforeAnythingIsExpanded(document: String) {
        let error = failure(ofDocument: document)
        #expect(error?.code == .doctypeRefused)
        #expect(error?.fault.code == -32700)
    }

    @Test(arguments: ["UTF-16", "windows-1252", "x-unknown"])
    func aDeclaredEncodingThatIsNotReadIsRefused(encoding: String) {
        let document = "<?xml version='1.0' encoding='\(encoding)'?><methodCall><methodName>m</methodName></methodCall>"
        #expect(failure(ofDocument: document)?.code == .encodingRefused)
    }

    @Test(arguments: ["UTF-8", "utf-8", "us-ascii", "ISO-8859-1", "latin1"])
    func aDeclaredEncodingOfASCIIIsTaken(encoding: String) throws {
        let document = "<?xml version='1.0' encoding='\(encoding)'?><methodCall><methodName>m</methodName></methodCall>"
        #expect(try MethodCall(parsing: document.utf8).methodName == "m")
    }

    @Test(
        arguments: [[0xFF], [0xC3, 0x28], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0x00], [0x01], [0xEF, 0xBF, 0xBF]]
            as [[UInt8]])
    func bytesThatAreNoUTF8OrNoXMLAreRefused(bytes: [UInt8]) {
        let start = "<methodCall><methodName>m</methodName><params><param><value>"
        let end = "</value></param></params></methodCall>"
        let document = Array(start.utf8) + bytes + Array(end.utf8)
        let error = failure { () throws(XMLRPCError) in _ = try MethodCall(parsing: document) }
        #expect(error?.code == .notWellFormed)
    }

    @Test func aByteOrderMarkIsTaken() throws {
        let document = [0xEF, 0xBB, 0xBF] + MethodCall(methodName: "m").encoded()
        #expect(try MethodCall(parsing: document).methodName == "m")
    }

    @Test func valuesNestedToTheLimitAreReadAndOneMoreIsRefused() throws {
        func nested(_ depth: Int) -> String {
            let opening = String(repeating: "<array><data><value>", count: depth - 1)
            return opening + "<int>1</int>" + String(repeating: "</value></data></array>", count: depth - 1)
        }
        #expect(try value(nested(64)).list != nil)
        #expect(failure(of: nested(65))?.code == .limitExceeded)
        #expect(failure(of: nested(100_000))?.code == .limitExceeded)
    }

    @Test func depthCountsOpenValuesOnly() throws {
        let siblings = String(repeating: "<value><int>1</int></value>", count: 200)
        #expect(try value("<array><data>\(siblings)</data></array>").list?.count == 200)
    }

    @Test func unknownElementsNestedWithoutEndAreRefusedAtOnce() {
        #expect(failure(ofDocument: String(repeating: "<a>", count: 100_000))?.code == .structureInvalid)
    }

    @Test func tooManyElementsAreRefused() throws {
        let elements = String(repeating: "<value/>", count: 100)
        let limits = Limits(elements: 50)
        #expect(failure(of: "<array><data>\(elements)</data></array>", limits: limits)?.code == .limitExceeded)
    }

    @Test func aTextToTheLimitIsReadAndOneByteMoreIsRefused() throws {
        let limits = Limits(textBytes: 10)
        #expect(try value("aaaaa&lt;äää", limits: Limits(textBytes: 12)) == "aaaaa<äää")
        #expect(failure(of: String(repeating: "a", count: 11), limits: limits)?.code == .limitExceeded)
        #expect(failure(of: "<string>aaaaa&lt;äää</string>", limits: limits)?.code == .limitExceeded)
    }

    @Test func aLargeBodyIsRefusedUnread() {
        let error = failure(
            ofDocument: "<methodCall><methodName>m</methodName></methodCall>", limits: Limits(bodyBytes: 20))
        #expect(error?.code == .limitExceeded)
        #expect(error?.line == nil)
        #expect(error?.fault.code == -32600)
    }

    @Test func errorsTellLineAndColumn() {
        let error = failure(ofDocument: "<methodCall>\n  <methodName>m</methodName>\n  <x/>\n</methodCall>")
        #expect(error?.line == 3)
        #expect(error?.column == 3)
        #expect(error?.description.contains("line 3, column 3") == true)
    }

    @Test func aLongElementNameIsCutInTheMessage() throws {
        let error = try #require(failure(ofDocument: "<\(String(repeating: "a", count: 5000))/>"))
        #expect(error.message.count < 120)
    }

    // expat is given a document in pieces of 64 KiB; what a piece cuts is put together again.
    @Test(arguments: 0..<4) func lettersAndLongListsAreWholeWhereverThePiecesEnd(shift: Int) throws {
        let text = String(repeating: "x", count: shift) + String(repeating: "ä€𝄞", count: 50_000)
        let numbers = (0..<5000).map { Value.int($0) }
        let parameters: [Value] = ["first", .list([.string(text), .list(numbers), .map(["a": .list(numbers)])]), 7]
        let call = MethodCall(methodName: "m", parameters: parameters)
        #expect(try MethodCall(parsing: call.encoded()) == call)
    }
}
