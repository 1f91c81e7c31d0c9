import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `db_configure`: other settings for an offline database; the engine has to take them before they are written.
    package static let dbConfigure = JobDefinition(
        name: "db_configure", noun: "database", summary: "Change the configuration of a database that is offline.",
        mode: .modify, permission: .databases, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let name = try context.arguments.required("db_name")
            let before = try document.given(database: name)
            try context.checkTexts()
            let settings = try DatabaseSettings(changing: before, context.arguments, in: document)
            try document.edit(about: "db_name", keys: DatabaseSettings.settable) { (draft) throws(EXAConfError) in
                try draft.modifyDatabase(name, settings)
            }
            try document.setDrivers(context.arguments, of: name)
            let after = try document.given(database: name)
            try document.checkQuota(of: after, before: before)
            if after.dataVolume != before.dataVolume {
                try document.requirePlace(
                    of: after,
                    about: context.arguments["data_volume_id"] == nil ? "data_volume_name" : "data_volume_id")
            }
            if after.port != before.port { try context.requirePort(of: after, in: document) }
            if let absence = context.absence(of: before) {
                // What only the configuration is about needs no node.
                guard context.arguments["create_new_db"] == nil else { throw JobError(.objectBusy, absence) }
                return Plan()
            }
            var commands = [
                try context.command(
                    DatabaseRequireStopped(), for: before, in: context.document, deadline: .seconds(60)),
                try context.command(DatabaseCheck(), for: after, in: document, deadline: .seconds(60)),
            ]
            if let wish = context.arguments.bool("create_new_db") {
                commands.append(
                    try context.command(
                        DatabaseWish(createsNew: wish), for: after, in: document, isTakenBack: true))
            }
            return Plan(commands: commands)
        }
    ).with {
        $0.help = """
            Of the start parameters, `params` replaces those there are, `params_add` appends, `params_delete` takes \
            out, in this order. With `create_new_db` the next start makes the database anew, in a volume without data or with its own; \
            with `create_new_db: false` no start makes an empty one. An empty text takes a \
            setting away.
            """
        $0.mandatory = [.databaseName]
        $0.optional = [
            .additionalPasswordHashes,
            Parameter("auto_start", .bool, text: "Start the database when the cluster boots."),
            .cacheVolumeDisk, .cloudDataVolume,
            Parameter("create_new_db", .bool, text: "Make the database anew; every bit of data is lost."),
            Parameter("data_volume_id", .str, text: "Id of the data volume; wins when both are given."),
            Parameter("data_volume_name", .str, text: "Data volume to use; has to exist."), .passwordHash,
            Parameter("enable_auditing", .bool, text: "Switch auditing on or off."), .initialSQL,
            Parameter("interfaces", .str, text: "Network interfaces to use, comma separated; empty means all."),
            .driverURLs, .ldapServer,
            Parameter(
                "max_system_heap_memory", .str, text: "Upper limit of heap memory with a unit; 'default' takes it away."
            ),
            Parameter("mem_size", .str, text: "Memory with a unit."), .oracleURL,
            Parameter("owner", .list, .tuple, text: "Owner as ids or names of user and group.", shape: .owner),
            Parameter("params", .str, .list, text: "Start parameters that replace the present ones.", shape: .names),
            Parameter("params_add", .str, .list, text: "Start parameters to append.", shape: .names),
            Parameter(
                "params_delete", .str, .list, text: "Start parameters to take out, by name or name=value.",
                shape: .names),
            Parameter("port", .int, text: "Client port."), Parameter("version", .str, text: "Database version."),
            .volumeMoveDelay, Parameter("volume_quota", .str, text: "Upper size of the data volume with a unit."),
        ]
        $0.substitutes = ["data_volume_id": ["data_volume_name"], "data_volume_name": ["data_volume_id"]]
        $0.takesBothStandIns = true
        $0.locks = databaseLock
        $0.undoes = .undoes(of: OnDatabase<DatabaseWish>.self)
        $0.recovery = .restart
        $0.example = ["db_name": "exa_db", "mem_size": "4 GiB"]
    }

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
                // Behind a space it would be a start parameter of its own.
                guard !value.isEmpty, value.utf8.allSatisfy({ $0 > 0x20 }) else {
                    throw .invalid(parameter, "'\(parameter)': give one word, without spaces.")
                }
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
                try Command(keytab, on: context.home(of: after)),
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

extension Parameter {
    static let additionalPasswordHashes = Parameter(
        "additional_sys_passwd_hashes", .str,
        text: "Hashes, separated by semicolons, that let the first user log in as well.",
        secret: true)
    static let passwordHash = Parameter(
        "default_sys_passwd_hash", .str, text: "Hash of the first user's password, of a kind the engine takes.",
        secret: true)
    static let cacheVolumeDisk = Parameter(
        "cache_volume_disk", .str, text: "Disk and size for the cache, <disk>:<size>.")
    static let cloudDataVolume = Parameter(
        "cloud_data_volume_name", .str, text: "Object volume for the data; has to exist.")
    static let initialSQL = Parameter(
        "initial_sql", .str, text: "Absolute path of a YAML file with SQL to run at the first start.")
    static let driverURLs = Parameter(
        "jdbc_urls", .list, .tuple, text: "Places to look for JDBC drivers (bucketfs:// or file:// URLs).",
        shape: .list(
            .form("^(bucketfs://[^/,]+/[^/,]+/[^/,][^,]*|file://[^,]*)$", like: "bucketfs://bfsdefault/default/drivers")
        ))
    static let ldapServer = Parameter(
        "ldap_server", .str, text: "LDAP servers for logins, comma separated, each ldap:// or ldaps://.")
    static let oracleURL = Parameter("oracle_url", .str, text: "Place of the Oracle client (bucketfs:// URL).")
    static let volumeMoveDelay = Parameter(
        "volume_move_delay", .int, text: "Seconds before the volume of a failed node moves; 0 for never.")
}
