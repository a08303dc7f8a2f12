// swift-tools-version: 6.2
import PackageDescription

// Which target may import which is decided in Docs/architecture.md and checked by TidyTests.

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    // Small generic types are used across targets. Else each use looks up their metadata at run time: a run costs a
    // seventh more of flowd's processor time.
    .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
]

let testSettings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .treatAllWarnings(as: .error),
]

func library(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(
        name: name, dependencies: dependencies + ["TestTraits"], exclude: exclude,
        swiftSettings: testSettings)
}

let package = Package(
    name: "flowd",
    products: [.executable(name: "flowd", targets: ["flowd"])],
    targets: [
        .target(name: "CLinux"),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),

        library("Primitives", ["CLinux"]),
        library("Wire", ["Primitives"]),

        library("Values", ["Primitives", "Wire"]),
        library("Net", ["Primitives", "CLinux", "COpenSSL"]),
        library("Identity", ["Primitives", "Wire", "COpenSSL"]),

        library("Engine", ["Primitives", "Values"]),
        library("Rhai", ["Primitives", "Wire", "Values", "Identity"]),
        library("Postgres", ["Primitives", "Net", "CLibPQ"]),

        library("Chain", ["Primitives", "Values", "Engine"]),
        library("Documents", ["Primitives", "Wire", "Values", "Engine", "Chain"]),
        library("Nodes", ["Primitives", "Wire", "Values", "Identity", "Rhai", "Engine", "Chain"]),
        library("Outbound", ["Primitives", "Wire", "Engine", "Net"]),
        library("Dialect", ["Primitives", "Wire", "Values", "Engine", "Identity"]),
        library("Tables", ["Primitives", "Wire"]),
        library("Transfer", ["Primitives", "Wire", "Identity"]),

        library(
            "SpaceOperator",
            ["Primitives", "Wire", "Values", "Engine", "Chain", "Identity", "Dialect", "Tables"]),
        library(
            "Store",
            [
                "Primitives", "Wire", "Values", "Engine", "Chain", "Identity", "Net", "Postgres", "Tables",
                "Transfer",
            ]),
        library("Web", ["Primitives", "Wire", "Net", "Engine", "Identity", "Dialect"]),

        library(
            "Daemon",
            [
                "CLinux", "Primitives", "Wire", "Values", "Net", "Identity", "Engine", "Chain", "Postgres",
                "Documents",
                "Nodes", "Outbound", "Dialect", "SpaceOperator", "Store", "Tables", "Transfer", "Web",
            ]),
        .executableTarget(name: "flowd", dependencies: ["Daemon"], swiftSettings: settings),
        .executableTarget(
            name: "flowd-bench",
            dependencies: ["CLinux", "Primitives", "Wire", "Net", "Values", "Engine", "Documents", "Nodes"],
            path: "Benchmarks/flowd-bench", swiftSettings: settings),

        .target(
            name: "TestKit", dependencies: ["Primitives", "Wire", "Values", "Engine", "Chain", "Net"],
            path: "Tests/TestKit",
            swiftSettings: testSettings),
        .target(
            name: "SecondDialect", dependencies: ["Primitives", "Wire", "Engine", "Identity", "Dialect"],
            path: "Tests/SecondDialect", swiftSettings: settings),
        .target(name: "TestTraits", path: "Tests/TestTraits", swiftSettings: testSettings),
        tests("PrimitivesTests", ["Primitives", "TestKit"]),
        tests("WireTests", ["Wire", "Primitives", "TestKit"]),
        tests("ValuesTests", ["Values", "Wire", "Primitives", "TestKit"]),
        tests("RhaiTests", ["Rhai", "Values", "Primitives", "TestKit"]),
        tests("NetTests", ["Net", "Primitives", "TestKit", "COpenSSL"]),
        tests("IdentityTests", ["Identity", "Primitives", "Wire", "TestKit"]),
        tests(
            "EngineTests",
            ["Engine", "Chain", "Values", "Wire", "Documents", "Nodes", "Primitives", "TestKit"],
            exclude: ["Examples"]),
        tests("ChainTests", ["Chain", "Engine", "Values", "Primitives", "TestKit"]),
        tests("PostgresTests", ["Postgres", "Net", "Primitives", "TestKit"]),
        tests(
            "DocumentsTests",
            ["Documents", "Engine", "Chain", "Nodes", "Values", "Wire", "Primitives", "TestKit"]),
        tests(
            "NodesTests",
            ["Nodes", "Chain", "Engine", "Identity", "Values", "Wire", "Primitives", "TestKit"]),
        tests("OutboundTests", ["Outbound", "Engine", "Net", "Wire", "Primitives", "TestKit", "COpenSSL"]),
        tests("TransferTests", ["Transfer", "Identity", "Wire", "Primitives", "TestKit"]),
        tests("TablesTests", ["Tables", "Wire", "Primitives", "TestKit"]),
        tests(
            "StoreTests",
            [
                "Store", "Tables", "Transfer", "Engine", "Chain", "Identity", "Values", "Wire", "Net",
                "Postgres",
                "Primitives", "TestKit", "CLibPQ",
            ]),
        tests(
            "SpaceOperatorTests",
            [
                "SpaceOperator", "Tables", "Dialect", "Engine", "Identity", "Values", "Wire", "Primitives",
                "TestKit",
            ]),
        tests("WebTests", ["Web", "Net", "Dialect", "Engine", "Identity", "Wire", "Primitives", "TestKit"]),
        tests("DaemonTests", ["Daemon", "Engine", "Net", "Identity", "Primitives", "TestKit"]),
        tests(
            "IntegrationTests",
            [
                "Daemon", "SpaceOperator", "SecondDialect", "Tables", "Transfer", "Dialect", "Documents",
                "Net",
                "Nodes", "Chain", "Engine", "Identity", "Values", "Wire", "Primitives", "TestKit",
            ], exclude: ["Exports", "Flows", "Golden", "Permissions.table"]),
        tests("BenchmarkTests", ["flowd-bench", "Wire", "TestKit"]),
        .target(
            name: "FuzzTargets",
            dependencies: [
                "Documents", "Nodes", "Tables", "Transfer", "Engine", "Rhai", "Identity", "Values", "Wire",
                "Primitives", "TestKit",
            ], path: "Tests/Fuzz/Targets", swiftSettings: testSettings),
        .executableTarget(
            name: "flowd-fuzz", dependencies: ["FuzzTargets"], path: "Tests/Fuzz/Program",
            swiftSettings: testSettings),
        tests("FuzzTests", ["FuzzTargets", "TestKit"]),
        .executableTarget(
            name: "flowd-echo",
            dependencies: ["Primitives", "Wire", "Net", "Engine", "Identity", "Dialect", "Web", "TestKit"],
            path: "Tests/Echo", swiftSettings: testSettings),
        .executableTarget(
            name: "flowd-simulate", dependencies: ["Engine", "Chain", "Values", "Primitives", "TestKit"],
            path: "Tests/Simulation", swiftSettings: testSettings),
        tests("SimulationTests", ["flowd-simulate", "Engine", "Values", "Primitives", "TestKit"]),
        tests("TidyTests", []),
    ]
)
