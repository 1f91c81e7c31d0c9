import Testing
import Values

@testable import XMLRPC

struct MethodResponseTests {
    @Test func aFaultComesBackAsItWas() throws {
        let fault = Fault(.methodNotFound, "There is no method <x>.")
        let response = try MethodResponse(parsing: MethodResponse.fault(fault).encoded())
        #expect(response == .fault(fault))
        #expect(throws: fault) { try response.get() }
        #expect(fault.code == -32601)
    }

    @Test func theStandardCodesAreThoseOfTheSpecification() {
        #expect(Fault.Standard.allCases.map(\.rawValue) == [-32700, -32600, -32601, -32602, -32603])
    }

    @Test(arguments: [
        "<methodResponse/>", "<methodResponse><params/></methodResponse>",
        "<methodResponse><params><param><value/></param><param><value/></param></params></methodResponse>",
        "<methodResponse><fault/></methodResponse>",
        "<methodResponse><fault><value>x</value></fault></methodResponse>",
        "<methodResponse><fault><value><struct/></value></fault></methodResponse>",
        "<methodResponse><params><param><value/></param></params><fault><value/></fault></methodResponse>",
        "<methodCall><methodName>m</methodName></methodCall>",
    ])
    func aDocumentOfAnotherShapeIsRefused(document: String) {
        let error = failure { () throws(XMLRPCError) in _ = try MethodResponse(parsing: document.utf8) }
        #expect(error?.code == .structureInvalid)
    }

    @Test func aFaultOfFurtherMembersIsNone() {
        #expect(Fault(["faultCode": 1, "faultString": "x", "more": 1]) == nil)
        #expect(Fault(["faultCode": "1", "faultString": "x"]) == nil)
        #expect(Fault(["faultCode": 1, "faultString": "x"]) == Fault(code: 1, message: "x"))
    }
}
