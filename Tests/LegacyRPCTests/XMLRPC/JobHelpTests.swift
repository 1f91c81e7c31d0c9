import Access
import JobEngine
import Jobs
import Support
import Testing
import Values
import XMLRPC

@testable import LegacyRPC

/// The texts and lists that describe a job.
struct JobHelpTests {
    private static let definition = JobDefinition(
        name: "thing_make", noun: "thing", summary: "Make a thing.", mode: .modify,
        permission: Permission(users: ["root"], groups: ["root", "exaadm"]), result: "Nothing.",
        work: .answer { (_) throws(JobError) in nil }
    ).with {
        $0.help = "It takes **long**."
        $0.mandatory = [
            Parameter(
                "thing_name", .str,
                text: "Name of the thing that is made, which no other thing of the cluster may have."),
            Parameter("port", .int, text: "Port for clients.", range: 1...65_535),
        ]
        $0.optional = [Parameter("owner", .list, .tuple, text: "Owner of the thing.", default: [0, 0])]
        $0.substitutes = ["thing_name": ["thing_id"], "thing_id": ["thing_name"]]
        $0.example = ["thing_name": "t1", "port": 80]
    }

    @Test func theTextHasTheSixPartsOfConfD() {
        let expected = #"""
            Description: "Make a thing.\n\tExample: xmlrpc_connection.job_exec('thing_make', {'params': \n\t\t{'port': 80, 'thing_name': 't1'}})"
            Mandatory parameters:
            {   'port': {'desc': 'Port for clients.', 'type': "<class 'int'>"},
                'thing_name': {   'desc': 'Name of the thing that is made, which no other '
                                          'thing of the cluster may have.',
                                  'type': "(<class 'str'>,)"}}
            Optional parameters:
            {   'owner': {   'desc': 'Owner of the thing.',
                             'type': "(<class 'list'>, <class 'tuple'>)"}}
            Substitute parameters:
            {'thing_id': ['thing_name'], 'thing_name': ['thing_id']}
            Allowed users:['root']
            Allowed groups:['root', 'exaadm']
            """#
        #expect(JobHelp(Self.definition).text == expected)
    }

    @Test func theListIsTakenByPosition() {
        let elements = JobHelp(Self.definition).elements
        #expect(elements.count == 12)
        #expect(elements[0] == "Make a thing.")
        #expect(elements[1]["port"] == ["desc": "Port for clients.", "type": "<class 'int'>"])
        #expect(elements[2]["owner"]?["type"] == "(<class 'list'>, <class 'tuple'>)")
        #expect(elements[3] == ["thing_name": ["thing_id"], "thing_id": ["thing_name"]])
        #expect(elements[4] == ["root"])
        #expect(elements[5] == ["root", "exaadm"])
        #expect(elements[6] == [["thing_name": "t1", "port": 80]])
        #expect(elements[7...9] == ["modify", "thing", "Nothing."])
        #expect(elements[10] == ["port": ["minimum": 1, "maximum": 65_535], "owner": ["default": [0, 0]]])
        #expect(elements[11] == "Make a thing.\n\nIt takes **long**.")
    }

    @Test func clientsGetThemByMethod() async throws {
        try await XMLRPCFixture.running { api in
            #expect(try await api.call("job_desc", "no_job") == [false, []])
            let list = try #require(try await api.call("job_list").list)
            #expect(list.contains("db_list"))
            #expect(list.contains("user_create"))
            for name in list {
                let description = try #require(try await api.call("job_desc", name).list)
                #expect(description.first == true)
                #expect((description.last?.list?.count ?? 0) >= 12)
                #expect(try await api.call("job_help", name).string?.hasPrefix("Description: \"") == true)
            }
        }
    }
}
