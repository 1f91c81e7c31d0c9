import Testing
import Values

@testable import XMLRPC

struct Base64Tests {
    @Test func base64IsTheTextItHolds() throws {
        #expect(try value("<base64>R3LDvMOfZQ==</base64>") == "Grüße")
        #expect(try value("<base64></base64>") == "")
    }

    @Test func blanksAreSkipped() throws {
        #expect(try value("<base64>\n Zm9v\r\n\tYg = =\n</base64>") == "foob")
    }

    @Test(arguments: [
        "Z", "Zg", "Zg=", "Zg===", "====", "Z===", "=Zg=", "Zg=a", "Zg==Zg==", "Zh==", "Zm9=", "Zm9v=", "Zm9v-_==",
        "Zm9v!", "Zm9v====",
    ])
    func otherTextsAreRefused(text: String) {
        #expect(failure(of: "<base64>\(text)</base64>")?.code == .valueInvalid)
    }

    @Test(arguments: [
        ("<base64>/w==</base64>", [0]),
        ("<array><data><value/><value><base64>/w==</base64></value></data></array>", [0, 1]),
        (
            "<struct><member><name>a</name><value><array><data><value><base64>gA==</base64></value></data></array>"
                + "</value></member></struct>", [0]
        ),
    ])
    func bytesThatAreNoTextAreNotedByTheirPlace(markup: String, place: [Int]) throws {
        let call = try call("<value>\(markup)</value>")
        #expect(call.hasBinary)
        #expect(call.binaryPlaces == [place])
        #expect(try !self.call("<value><base64>Zg==</base64></value>").hasBinary)
    }

    @Test func onlyThatCallOfAMulticallHasThem() throws {
        func part(_ name: String, _ markup: String) -> String {
            "<value><struct><member><name>methodName</name><value>\(name)</value></member><member><name>params</name>"
                + "<value><array><data><value>\(markup)</value></data></array></value></member></struct></value>"
        }
        let parts = part("a", "x") + part("b", "<base64>/w==</base64>") + part("c", "<base64>Zg==</base64>")
        let calls = try Multicall.calls(in: call("<value><array><data>\(parts)</data></array></value>"))
        #expect(try calls.map { try $0.get().hasBinary } == [false, true, false])
        #expect(try calls[2].get().parameters == ["f"])
    }

    private func call(_ markup: String) throws(XMLRPCError) -> MethodCall { try XMLRPCTests.call(markup) }
}
