// libsentencepiece and libc10 both export FLAGS_minloglevel, of different types and sizes. In one
// process, the module loaded and used beside libc10, neither may touch the other's.
#include "core/text/sentencepiece_module.h"
#include "core/text/tokenizer.h"
#include "support/test_paths.h"

#include <QtTest/QtTest>

#include <array>
#include <cstring>
#include <dlfcn.h>
#include <link.h>

using namespace crux;
using namespace crux::test;

namespace {

/// libc10's flags that lie around FLAGS_minloglevel (4 bytes each; the last one is a bool).
struct FlagBytes {
    const char* name;
    std::size_t size;
    const void* address = nullptr;
    std::array<unsigned char, 4> before{};
};

bool libraryIsGlobal(const char* symbol) {
    return dlsym(RTLD_DEFAULT, symbol) != nullptr;
}

} // namespace

class TestSentencepieceIsolation : public QObject {
    Q_OBJECT

    static text::TokenizerPtr tokenizer() {
        const QString folder = dataDir() + QStringLiteral("/text/sentencepiece");
        auto loaded = text::loadTokenizer(folder.toStdString());
        return loaded.ok() ? *loaded : nullptr;
    }

private Q_SLOTS:
    /// libc10 first, as in the worker: its flags are the ones everything else sees.
    void flagsOfLibc10StayAsTheyAre() {
#ifndef CRUX_LIBC10
        QSKIP("needs the engine: without it there is no libc10 to protect");
#elif defined(CRUX_SANITIZED)
        QSKIP("needs RTLD_DEEPBIND, which AddressSanitizer refuses");
#else
        void* libc10 = dlopen(CRUX_LIBC10, RTLD_NOW | RTLD_GLOBAL);
        QVERIFY2(libc10, dlerror());
        std::array<FlagBytes, 4> flags = {{{"FLAGS_logtostderr", 1},
                                           {"FLAGS_v", 4},
                                           {"FLAGS_minloglevel", 4},
                                           {"FLAGS_caffe2_use_fatal_for_enforce", 1}}};
        for (FlagBytes& flag : flags) {
            flag.address = dlsym(libc10, flag.name);
            QVERIFY2(flag.address, flag.name);
        }
        // A value of our own, so that "unchanged" cannot hold by chance.
        auto* level = static_cast<int*>(const_cast<void*>(flags[2].address));
        const int levelBefore = *level;
        *level = 1;
        for (FlagBytes& flag : flags)
            std::memcpy(flag.before.data(), flag.address, flag.size);

        const auto pieces = tokenizer();
        QVERIFY(pieces);
        QVERIFY(pieces->encode("Ann has 13 apples.", true).ids.size() > 3);

        const auto api = text::sentencepieceModule();
        QVERIFY(api.ok());
        const void* own = (*api)->logLevelFlag();
        QVERIFY(own);
        QVERIFY(own != flags[2].address);
        QCOMPARE(dlsym(RTLD_DEFAULT, "FLAGS_minloglevel"), const_cast<void*>(flags[2].address));
        for (const FlagBytes& flag : flags)
            QVERIFY2(std::memcmp(flag.before.data(), flag.address, flag.size) == 0, flag.name);
        *level = levelBefore;
#endif
    }

    void moduleIsInvisibleToTheProgram() {
        const auto pieces = tokenizer();
        QVERIFY(pieces);
        QVERIFY(!libraryIsGlobal("crux_sentencepiece_api"));
        QVERIFY(!libraryIsGlobal("_ZN13sentencepiece22SentencePieceProcessorC1Ev"));
    }

    void modelsAreIndependent() {
        auto first = tokenizer();
        const auto second = tokenizer();
        QVERIFY(first && second);
        const auto ids = second->encode("Ann has 13 apples.", false).ids;
        first.reset();
        QCOMPARE(second->encode("Ann has 13 apples.", false).ids, ids);
        QCOMPARE(second->decode(ids, true), std::string("Ann has 13 apples."));
    }
};

QTEST_GUILESS_MAIN(TestSentencepieceIsolation)
#include "tst_sentencepiece_isolation.moc"
