import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `db_configure_kerberos`: the keytab and start parameters of a database whose users log in by Kerberos.
    package static let dbConfigureKerberos = JobDefinition(
        name: "db_configure_kerberos", noun: "database",
        summary: "Store a keytab and set the Kerberos start parameters.", mode: .modify, permission: .databases,
        result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let before = try document.given(database: context.arguments.required("db_name"))
            try context.checkTexts(except: ["keytab"])
            var words = before.parameters.split(separator: " ").map(String.init)
            for (parameter, name) in kerberosParameters {
                guard let value = context.arguments.string(parameter) else { continue }
                words.removeAll { $0.hasPrefix(name + "=") }
                words.append("\(name)=\(value)")
            }
            var settings = DatabaseSettings()
            settings.parameters = words.joined(separator: " ")
            let changed = settings
            try document.edit(about: "db_name") { (draft) throws(EXAConfError) in
                try draft.modifyDatabase(before.name, changed)
            }
            let after = try document.given(database: before.name)
            let keytab = KeytabInstall(
                try context.arguments.required("keytab"), at: "/exa/etc/keytabs/\(before.name).keytab")
            return Plan(commands: [
                try context.command(DatabaseCheck(), for: after, in: document, deadline: .seconds(60)),
                try Command(keytab, on: after.nodes.first ?? context.cluster.ownNode),
            ])
        }
    ).with {
        $0.help = "The database engine has to know the parameters; PostgreSQL does not. They count from the next start."
        $0.mandatory = [
            .databaseName,
            Parameter("keytab", .str, text: "Content of the keytab file, as base64 or text.", secret: true),
        ]
        $0.optional = [
            Parameter("host", .str, text: "Host part of the principal; sets -kerberosHostname."),
            Parameter("realm", .str, text: "Realm; sets -kerberosRealm."),
            Parameter("service", .str, text: "Service name; sets -kerberosServiceName."),
        ]
        $0.locks = databaseLock
        $0.undoes = .undoes(of: KeytabInstall.self)
        $0.example = ["db_name": "exa_db", "keytab": "<base64>", "realm": "EXAMPLE.COM"]
    }

    private static let kerberosParameters = [
        ("host", "-kerberosHostname"), ("realm", "-kerberosRealm"), ("service", "-kerberosServiceName"),
    ]
}
