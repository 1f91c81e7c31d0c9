import JobEngine
import Support
import Testing
import Values
import XMLRPC

@testable import LegacyRPC

/// What introspection tells of the methods.
struct RPCMethodTests {
    @Test func theListIsThePublishedOne() async throws {
        let published = [
            "job_desc", "job_exec", "job_finished", "job_help", "job_info", "job_list", "job_result", "job_start",
            "job_wait", "subscribe", "system.listMethods", "system.methodHelp", "system.methodSignature", "unsubscribe",
            "user_init", "user_login", "user_state",
        ]
        try await XMLRPCFixture.running { api in
            let listed = try await api.call("system.listMethods")
            #expect(listed == .strings(published))
        }
    }

    @Test(arguments: RPCMethodTable.all.map(\.name))
    func everyMethodHasHelpForEachArgument(name: String) async throws {
        let method = try #require(RPCMethodTable.method(name))
        try await XMLRPCFixture.running { api in
            let help = try #require(try await api.call("system.methodHelp", .string(name)).string)
            #expect(!help.isEmpty)
            for parameter in method.parameters { #expect(help.contains("\n@\(parameter.name), ")) }
        }
    }

    @Test(arguments: [
        ("job_list", [["array"]]), ("job_start", [["string", "string"], ["string", "string", "struct"]]),
        ("job_info", [["struct", "struct"], ["struct", "string"]]),
        ("job_wait", [["boolean", "string"], ["boolean", "string", "struct"]]),
        ("user_init", [["struct", "string", "string"]]),
    ])
    func signaturesTellEveryWayToCall(name: String, expected: [[String]]) async throws {
        try await XMLRPCFixture.running { api in
            let answer = try await api.call("system.methodSignature", .string(name))
            #expect(answer == .list(expected.map { .strings($0) }))
        }
    }
}
