import Testing
import Values

@testable import XMLRPC

struct MulticallTests {
    private func item(_ name: String, _ parameters: Value...) -> Value {
        ["methodName": .string(name), "params": .list(parameters)]
    }

    private func calls(in parameters: [Value]) throws(Fault) -> [Result<MethodCall, Fault>] {
        try Multicall.calls(in: MethodCall(methodName: Multicall.methodName, parameters: parameters))
    }

    @Test func callsAreTakenApartInOrder() throws {
        let calls = try calls(in: [[item("job_list"), item("job_exec", "db_list", [:])]])
        #expect(
            try calls.map { try $0.get() } == [
                MethodCall(methodName: "job_list"), MethodCall(methodName: "job_exec", parameters: ["db_list", [:]]),
            ])
    }

    @Test func aBadCallIsAFaultInItsPlaceOnly() throws {
        let calls = try calls(in: [
            [item("a"), 1, ["methodName": "b"], item("system.multicall", []), item("no such"), item("c")]
        ])
        #expect(calls.count == 6)
        #expect(calls.map { (try? $0.get()) != nil } == [true, false, false, false, false, true])
        #expect(Multicall.answer([calls[3].map { _ in .null }])[0]?["faultCode"] == -32602)
    }

    @Test func aHundredCallsAreTakenAndOneMoreIsRefused() throws {
        #expect(try calls(in: [.list(Array(repeating: item("a"), count: 100))]).count == 100)
        #expect(throws: Fault.self) {
            try calls(in: [.list(Array(repeating: item("a"), count: 101))])
        }
    }

    @Test(arguments: [[], ["x"], [[], []], [["methodName": "a", "params": []]]] as [[Value]])
    func argumentsThatAreNoListAreAFault(parameters: [Value]) {
        #expect(throws: Fault.self) { try calls(in: parameters) }
    }

    @Test func resultsStandInListsOfOneAndFaultsInStructs() {
        let answer = Multicall.answer([.success(["DB1"]), .failure(Fault(code: 5, message: "x")), .success(.null)])
        #expect(answer == [[["DB1"]], ["faultCode": 5, "faultString": "x"], [.null]])
    }
}

extension Value {
    fileprivate subscript(_ index: Int) -> Value? {
        guard let elements = list, elements.indices.contains(index) else { return nil }
        return elements[index]
    }
}
