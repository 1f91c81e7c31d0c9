import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `db_create`: a new database, stopped; its files are made and the password of its user is told.
    package static let dbCreate = JobDefinition(
        name: "db_create", noun: "database", summary: "Create a database; neither its name nor its UUID may exist.",
        mode: .modify, permission: .databases,
        result: "Nothing; without `default_sys_passwd_hash`, `user` and `password` of the new database.",
        work: .act { (context, document) throws(JobError) in
            let name = try context.arguments.required("db_name")
            try context.checkTexts()
            let settings = try DatabaseSettings(creating: context.arguments, in: document)
            var random = context.random
            try document.edit(about: "db_name", keys: DatabaseSettings.settable) { (draft) throws(EXAConfError) in
                try draft.addDatabase(name, settings, using: &random)
            }
            try document.setDrivers(context.arguments, of: name)
            let volume = context.arguments["data_volume_id"] == nil ? "data_volume_name" : "data_volume_id"
            try document.requireVolume(of: try document.given(database: name), about: volume)
            try document.requirePlace(of: try document.given(database: name), about: volume)
            if settings.port == nil {
                var chosen = DatabaseSettings()
                chosen.port = try context.freePort(for: try document.given(database: name), in: document)
                let port = chosen
                try document.edit(about: "port") { (draft) throws(EXAConfError) in try draft.modifyDatabase(name, port)
                }
            }
            let database = try document.given(database: name)
            try context.requirePort(of: database, in: document)
            try document.checkQuota(of: database, before: nil)
            let password = context.newPassword()
            let command = try context.command(
                DatabaseCreate(), for: database, in: document, password: password, isTakenBack: true)
            return Plan(commands: [command]) { (answers) throws(JobError) in
                guard database.needsPassword, let user = try OnDatabase<DatabaseCreate>.answer(answers.first).user
                else { return nil }
                return ["user": .string(user), "password": .string(password)]
            }
        }
    ).with {
        $0.answer = .newPassword
        $0.undoes = .undoes(of: OnDatabase<DatabaseCreate>.self)
        $0.help = """
            The files of the database are made in its data volume; `db_start` lets clients in. Without \
            `default_sys_passwd_hash` its user gets a new password, which is told in the result and kept nowhere. \
            Of `data_volume_id` and `data_volume_name` the id counts when both are given. \
            Data and server are on the first of `nodes`, where the volume has to have a place; the others hold no copy.
            """
        $0.mandatory = [
            Parameter("data_volume_name", .str, text: "Data volume to use; has to exist."),
            Parameter("db_name", .str, text: "Name of the new database, unique."),
            Parameter("mem_size", .str, text: "Memory with a unit (MiB, GiB, TiB).", example: "2 GiB"),
            Parameter("nodes", .list, text: "Ids of active and reserve nodes.", shape: .someNodes, example: [11]),
            Parameter("num_active_nodes", .int, text: "How many of them are active."),
            Parameter("version", .str, text: "Database version.", example: "8.29.6"),
        ]
        $0.optional = [
            .additionalPasswordHashes,
            Parameter("auto_start", .bool, text: "Start the database when the cluster boots.", default: true),
            .cacheVolumeDisk, .cloudDataVolume,
            Parameter("data_volume_id", .int, text: "Id of the data volume; wins when both are given."),
            Parameter("db_uuid", .str, text: "Id of the database; the name is used if it is itself one."),
            .passwordHash,
            Parameter("enable_auditing", .bool, text: "Switch auditing on or off.", default: true),
            .initialSQL,
            Parameter(
                "interfaces", .str, text: "Network interfaces to use, comma separated; empty means all.", default: ""),
            .driverURLs, .ldapServer,
            Parameter("master_database", .str, text: "Main database, when the new one is a worker."), .oracleURL,
            Parameter(
                "owner", .list, .tuple, text: "Owner as ids or names of user and group.", shape: .owner,
                default: ["exadefusr", "exausers"]),
            Parameter("params", .str, text: "Start parameters, blank separated, -name=value."),
            Parameter("port", .int, text: "Client port; left out, the first free one from 8563 on.", default: 8563),
            Parameter(
                "snapshot_sync_volume", .str, text: "Object volume for snapshot synchronisation; has to exist."),
            .volumeMoveDelay, Parameter("volume_quota", .int, text: "Upper size of the data volume in GiB."),
        ]
        $0.substitutes = ["data_volume_id": ["data_volume_name"], "data_volume_name": ["data_volume_id"]]
        $0.takesBothStandIns = true
        $0.secretResults = ["password"]
        $0.locks = databaseLock
        $0.example = [
            "db_name": "exa_db", "data_volume_name": "DataVolume1", "mem_size": "2 GiB", "nodes": [11],
            "num_active_nodes": 1, "version": "8.29.6",
        ]
    }

    /// `db_reset`: an offline database loses everything in it.
    package static let dbReset = JobDefinition(
        name: "db_reset", noun: "database", summary: "Empty an offline database: all data and metadata go.",
        mode: .read,
        permission: .databases,
        result: "Nothing; without a password hash, `user` and `password` of the empty database.",
        work: .act { (context, document) throws(JobError) in
            let database = try document.given(database: context.arguments.required("db_name"))
            let password = context.newPassword()
            let command = try context.command(DatabaseReset(), for: database, in: document, password: password)
            return Plan(commands: [command]) { (answers) throws(JobError) in
                guard database.needsPassword, let user = try OnDatabase<DatabaseReset>.answer(answers.first).user
                else { return nil }
                return ["user": .string(user), "password": .string(password)]
            }
        }
    ).with {
        $0.answer = .newPassword
        $0.mandatory = [.databaseName]
        $0.secretResults = ["password"]
        $0.locks = databaseLock
        $0.recovery = .restart
        $0.example = ["db_name": "exa_db"]
    }

    /// `db_delete`: an offline database goes, with everything in it; its volume stays.
    package static let dbDelete = JobDefinition(
        name: "db_delete", noun: "database", summary: "Remove a database.", mode: .modify, permission: .databases,
        result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let database = try document.given(database: context.arguments.required("db_name"))
            try document.edit(about: "db_name") { (draft) throws(EXAConfError) in
                try draft.removeDatabase(database.name)
            }
            // One that never had a place here has nothing to be removed but its section.
            guard (try? database.volumeID(in: context.document)) != nil else { return Plan() }
            let isShared = !context.document.databases(sharing: database).isEmpty
            return Plan(commands: [
                try context.command(DatabaseDelete(keepsData: isShared), for: database, in: context.document)
            ])
        }
    ).with {
        $0.help = """
            The database has to be stopped. Its backups stay in their volumes, and its data when another database uses \
            the same data volume.
            """
        $0.mandatory = [.databaseName]
        $0.locks = databaseLock
        $0.recovery = .restart
        $0.example = ["db_name": "exa_db"]
    }
}

extension Shape {
    /// A password that was made on the way; nothing when one was given.
    static let newPassword = Shape.object(
        "DatabasePassword", text: "A user of a database with a new password, told once.",
        members: [.has("user", .str), .has("password", .str)])
}
