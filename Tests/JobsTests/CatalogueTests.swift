import Access
import Foundation
import JobEngine
import Jobs
import NodeCommands
import Support
import Testing
import Values

struct CatalogueTests {
    @Test func everyExampleIsAcceptedByItsParameters() throws {
        for definition in JobCatalogue.confd.all {
            #expect(throws: Never.self, "\(definition.name)") {
                try ArgumentCheck.arguments(of: definition, from: definition.example)
            }
        }
        #expect(JobCatalogue.confd.all.count == 169)
    }

    @Test func everyDefinitionIsComplete() {
        for definition in JobCatalogue.confd.all {
            let names = definition.parameters.map(\.name)
            #expect(Set(names).count == names.count, "\(definition.name)")
            #expect(!definition.summary.isEmpty && !definition.result.isEmpty, "\(definition.name)")
            #expect(definition.parameters.allSatisfy { !$0.text.isEmpty && !$0.types.isEmpty }, "\(definition.name)")
            for (name, others) in definition.substitutes {
                #expect(names.contains(name) && others.allSatisfy { names.contains($0) }, "\(definition.name)")
            }
            #expect(definition.subject.map { names.contains($0) } ?? true)
        }
    }

    @Test func everyJobSaysWhatItAnswersUnlessItIsNothingOrAnothersToDecide() {
        for definition in JobCatalogue.confd.all {
            let isKnown = !["Nothing.", "What the provider answers."].contains(definition.result)
            #expect((definition.answer != nil) == isKnown, "\(definition.name)")
        }
    }

    @Test func everyListSaysWhatItsElementsAre() {
        // What a cloud calls a disk is its own.
        for definition in JobCatalogue.confd.all {
            for parameter in definition.parameters where parameter.types.contains(.list) {
                let isKnown = definition.name != "infra_instances_add" || parameter.name != "disks"
                #expect((parameter.shape != nil) == isKnown, "\(definition.name).\(parameter.name)")
            }
        }
    }

    @Test func passwordsAndKeysAreSecret() {
        let secret: Set = [
            "password", "key", "read_password", "write_password", "sync_key", "s3_access_key", "s3_secret_key",
            "sasl_password", "text", "keytab", "default_sys_passwd_hash", "additional_sys_passwd_hashes",
            "removed_user",
        ]
        for parameter in JobCatalogue.confd.all.flatMap(\.parameters) {
            #expect(parameter.isSecret == secret.contains(parameter.name), "\(parameter.name)")
        }
        #expect(JobDefinition.generalSettings.secrets == ["ExaMonitorUserPassword"])
    }

    /// Then one in an address is declined.
    @Test func jobsThatTakeAddressesTakeSecretsElsewhere() {
        let taking = JobCatalogue.confd.all.filter { $0.parameters.contains { $0.name.hasSuffix("url") } }
        #expect(taking.map(\.name).contains("remote_volume_add"))
        for definition in taking {
            #expect(definition.parameters.contains { $0.isSecret }, "\(definition.name)")
        }
    }

    @Test(.enabled(if: SharedFolder.url != nil))
    func definitionsAgreeWithTheDocumentedCatalogue() throws {
        guard let data = SharedFolder.catalogue() else { return }
        let jobs = try #require(try JSON.parse(data, limits: .init()).list)
        let documented = Dictionary(jobs.compactMap { job in job["name"]?.string.map { ($0, job) } }) { first, _ in
            first
        }
        for definition in JobCatalogue.confd.all where !Self.isOurs(definition) {
            let job = try #require(documented[definition.name], "\(definition.name)")
            compare(definition, job)
        }
    }

    private func compare(_ definition: JobDefinition, _ job: Value) {
        let name = definition.name
        #expect(definition.mode.rawValue == job["mode"]?["value"]?.string, "\(name)")
        // Who may run a job that was only seen by name is not public.
        guard job["confidence"]?.string == "documented" else { return }
        #expect(definition.permission.users == job["allowed_users"]?.list?.compactMap(\.string), "\(name)")
        #expect(definition.permission.groups == job["allowed_groups"]?.list?.compactMap(\.string), "\(name)")
        let further = Self.furtherParameters[name] ?? []
        let substitutes = (job["substitutes"]?.map ?? [:]).mapValues { $0.list?.compactMap(\.string) ?? [] }
        #expect(
            definition.substitutes.filter { !further.contains($0.key) && further.isDisjoint(with: $0.value) }
                == substitutes, "\(name)")
        compare(definition.mandatory, job["mandatory"]?.map ?? [:], name)
        compare(definition.optional.filter { !further.contains($0.name) }, job["optional"]?.map ?? [:], name)
    }

    /// The jobs that change EXAConf as a whole, and what ConfD has no counterpart of.
    private static func isOurs(_ definition: JobDefinition) -> Bool {
        let own: Set = [
            "cert_renew", "cert_request", "db_backup_drill", "maintenance_end", "maintenance_start",
            "notification_list",
            "notification_test", "remote_volume_set_host_key", "user_pseudonymise",
        ]
        return definition.noun == "exaconf" || own.contains(definition.name)
    }

    /// What published calls send beside the documented parameters, and what is ours, by job.
    private static let furtherParameters: [String: Set<String>] = [
        "cert_update": ["nid", "requested"], "db_snapshot_backups_delete": ["backup_list"], "db_stop": ["timeout"],
        "log_collect": ["end_time"], "remote_volume_add": ["host_key", "s3_access_key", "s3_secret_key"],
        "st_node_set_bg_recovery_limit": ["threshold"], "st_volume_decrease_redundancy": ["nid"],
    ]

    private func compare(_ parameters: [Parameter], _ documented: [String: Value], _ job: String) {
        #expect(parameters.map(\.name) == documented.keys.sorted(), "\(job)")
        for parameter in parameters {
            guard let entry = documented[parameter.name] else { continue }
            var types = entry["type"]?.list?.compactMap(\.string) ?? [entry["type"]?.string ?? ""]
            // Published calls ask for every volume by a word.
            if job == "st_volume_info", parameter.name == "vid" { types.append("str") }
            #expect(parameter.types.map(\.rawValue) == types, "\(job).\(parameter.name)")
            let isText = entry["default"]?.string?.contains(" ") == true
            // Who says nothing does not wait for ever here.
            let isOurs = parameter.name == "timeout" && job.hasPrefix("node_wait_")
            if !isText, !isOurs { #expect(parameter.defaultValue == entry["default"], "\(job).\(parameter.name)") }
            guard let values = entry["values"] else { continue }
            if let range = values.string {
                #expect(
                    parameter.range.map { "\($0.lowerBound)..\($0.upperBound)" } == range, "\(job).\(parameter.name)")
            } else if parameter.types == [.str], parameter.name != "error_level" {
                // That one is a text of several of them, with commas between.
                #expect(parameter.allowed == values.list, "\(job).\(parameter.name)")
            }
        }
    }
}

/// Jobs that only look, which nothing holds.
@Suite struct LookTests {
    /// Whether it has no effect outside; what a provider does for a query is the provider's affair.
    private static func onlyLooks(_ action: String) -> Bool {
        guard let kind = CommandRegistry.all.first(where: { $0.name == action }) else { return false }
        if case .none = kind.traits.effect { return true }
        return action == ProviderAsk.name
    }

    @Test func looksHaveNeitherLocksNorCommandsWithAnEffect() throws {
        for definition in JobCatalogue.confd.all where definition.isLook {
            #expect(definition.locks(Arguments(definition.example)).isEmpty, "\(definition.name)")
            guard case .look = definition.work else { continue }
            #expect(definition.mode == .read, "\(definition.name)")
            let plan = try? JobTrial(definition, definition.example).plan
            for command in plan?.commands ?? [] {
                #expect(Self.onlyLooks(command.action), "\(definition.name)")
                #expect(command.undo == nil, "\(definition.name)")
            }
        }
    }

    @Test func whatTellsOfThingsIsALook() {
        let words = ["_list", "_info", "_state", "_progress"]
        for definition in JobCatalogue.confd.all where words.contains(where: definition.name.hasSuffix) {
            #expect(definition.isLook, "\(definition.name)")
        }
    }
}
