import Testing

@testable import XMLRPC

struct IntrospectionTests {
    private let introspection = Introspection(methods: [
        MethodDescription(
            name: "job_list", help: "Names of all jobs.", signatures: [.init(returns: .array)]),
        MethodDescription(
            name: "job_exec", help: "Runs a job.",
            signatures: [
                .init(returns: .struct, parameters: [.string, .struct]), .init(returns: .struct, parameters: [.string]),
            ]),
        MethodDescription(name: "system.listMethods", help: "Names of all methods."),
    ])

    private func answer(_ name: String, _ parameters: Value...) throws(Fault) -> Value? {
        try introspection.answer(to: MethodCall(methodName: name, parameters: parameters))
    }

    @Test func methodsAreListedInTheirOrder() throws {
        #expect(try answer("system.listMethods") == ["job_list", "job_exec", "system.listMethods"])
    }

    @Test func helpAndSignaturesAreThoseOfTheMethod() throws {
        #expect(try answer("system.methodHelp", "job_list") == "Names of all jobs.")
        #expect(try answer("system.methodSignature", "job_list") == [["array"]])
        #expect(
            try answer("system.methodSignature", "job_exec") == [
                ["struct", "string", "struct"], ["struct", "string"],
            ])
        #expect(try answer("system.methodSignature", "system.listMethods") == "undef")
    }

    @Test func aCallOfAnotherMethodIsLeftToOthers() throws {
        #expect(try answer("job_list") == nil)
    }

    @Test(arguments: [
        MethodCall(methodName: "system.listMethods", parameters: [1]), MethodCall(methodName: "system.methodHelp"),
        MethodCall(methodName: "system.methodHelp", parameters: [1]),
        MethodCall(methodName: "system.methodHelp", parameters: ["none"]),
        MethodCall(methodName: "system.methodSignature", parameters: ["job_list", "job_list"]),
    ])
    func argumentsThatDoNotFitAreAFault(call: MethodCall) {
        #expect {
            try introspection.answer(to: call)
        } throws: { error in
            (error as? Fault)?.code == -32602
        }
    }
}
