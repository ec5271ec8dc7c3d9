#include "ui/widgets/theme.h"

#include "ui/widgets/crux_style.h"
#include "ui/widgets/theme_notifier.h"
#include "ui/widgets/theme_scope.h"

#include <QApplication>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QPalette>
#include <QToolTip>

#include <map>
#include <tuple>

namespace crux::ui {
namespace {

QColor rgb(unsigned value) {
    return QColor::fromRgb(value);
}

constexpr std::array<double, 4> kSolid{0, 0, 0, 0};

std::array<RunSlot, 5> runSlots(const std::array<unsigned, 5>& colors) {
    // Dashes are px in the design (7 3, 2 3, ...), drawn with pens about 1.6 px wide.
    return {{{rgb(colors[0]), kSolid, 1},
             {rgb(colors[1]), {7, 3, 7, 3}, 2},
             {rgb(colors[2]), {2, 3, 2, 3}, 3},
             {rgb(colors[3]), {7, 3, 2, 3}, 4},
             {rgb(colors[4]), {1, 2, 1, 2}, 0}}};
}

Theme common() {
    Theme t;
    t.right = rgb(0x0072B2);
    t.wrong = rgb(0xD55E00);
    t.noAnswer = rgb(0x767676);
    t.warning = rgb(0xE69F00);
    t.errorEdge = rgb(0xD55E00);
    return t;
}

Theme makeLight() {
    Theme t = common();
    t.name = ThemeName::Light;
    t.window = rgb(0xF0F0F0);
    t.base = rgb(0xFFFFFF);
    t.alternateRow = rgb(0xF7F7F7);
    t.line = rgb(0xC8C8C8);
    t.controlBorder = rgb(0x8A8A8A);
    t.button = rgb(0xFAFAFA);
    t.buttonBorder = rgb(0xABABAB);
    t.text = rgb(0x1A1A1A);
    t.secondText = rgb(0x555555);
    t.disabledText = rgb(0x6A6A6A);
    t.selection = rgb(0xCCE3F2);
    t.selectionNoFocus = rgb(0xE2E2E2);
    t.accent = rgb(0x0072B2);
    t.textOnAccent = rgb(0xFFFFFF);
    t.link = rgb(0x005F96);
    t.chartGrid = rgb(0xE4E4E4);
    t.hatch = rgb(0xB4B4B4);
    t.errorNotice = rgb(0xFBEBDF);
    t.dimmedInk = rgb(0x484848);
    t.dimmedMix = 0.5;
    t.runs = runSlots({0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0x1A1A1A});
    return t;
}

Theme makeDark() {
    Theme t = common();
    t.name = ThemeName::Dark;
    t.window = rgb(0x2A2A2A);
    t.base = rgb(0x1E1E1E);
    t.alternateRow = rgb(0x242424);
    t.line = rgb(0x464646);
    t.controlBorder = rgb(0x808080);
    t.button = rgb(0x343434);
    t.buttonBorder = rgb(0x5C5C5C);
    t.text = rgb(0xE8E8E8);
    t.secondText = rgb(0xB8B8B8);
    t.disabledText = rgb(0xA0A0A0);
    t.selection = rgb(0x1F4A66);
    t.selectionNoFocus = rgb(0x3A3A3A);
    t.accent = rgb(0x56B4E9);
    t.textOnAccent = rgb(0x101010);
    t.link = rgb(0x7CC4EE);
    t.chartGrid = rgb(0x343434);
    t.hatch = rgb(0x5A5A5A);
    t.errorNotice = rgb(0x3B2A1F);
    t.dimmedInk = rgb(0xCFCFCF);
    t.dimmedMix = 0.65;
    t.runs = runSlots({0x56B4E9, 0xE69F00, 0x009E73, 0xCC79A7, 0xF0E442});
    return t;
}

Theme& mutableCurrent() {
    static Theme theme = Theme::light();
    return theme;
}

/// The system's family, or the design's where a platform (offscreen) names none that exists.
QString family(QFontDatabase::SystemFont kind) {
    const QString wanted = kind == QFontDatabase::FixedFont ? QStringLiteral("Noto Sans Mono")
                                                            : QStringLiteral("Noto Sans");
    const QString system = QFontDatabase::systemFont(kind).family();
    const bool bare = QGuiApplication::platformName() == QLatin1String("offscreen") ||
                      QGuiApplication::platformName() == QLatin1String("minimal");
    if ((bare || !QFontDatabase::hasFamily(system)) && QFontDatabase::hasFamily(wanted))
        return wanted;
    return system;
}

/// Fonts asked for so far: finding a family costs fontconfig a millisecond, painting asks often.
std::map<std::tuple<int, double, bool>, QFont>& fontCache() {
    static std::map<std::tuple<int, double, bool>, QFont> cache;
    static const bool registered = [] {
        // Fonts must not outlive the application.
        qAddPostRoutine([] { fontCache().clear(); });
        return true;
    }();
    (void)registered;
    return cache;
}

QFont make(QFontDatabase::SystemFont kind, double points, bool demi = false) {
    const auto key = std::make_tuple(static_cast<int>(kind), points, demi);
    const auto found = fontCache().find(key);
    if (found != fontCache().end())
        return found->second;
    QFont font(family(kind));
    font.setPointSizeF(points);
    if (demi)
        font.setWeight(QFont::DemiBold);
    if (kind == QFontDatabase::FixedFont)
        font.setStyleHint(QFont::Monospace);
    fontCache().emplace(key, font);
    return font;
}

} // namespace

const Theme& Theme::light() {
    static const Theme theme = makeLight();
    return theme;
}

const Theme& Theme::dark() {
    static const Theme theme = makeDark();
    return theme;
}

const Theme& Theme::of(ThemeName name) {
    return name == ThemeName::Dark ? dark() : light();
}

const Theme& Theme::current() {
    return mutableCurrent();
}

QPalette Theme::palette() const {
    QPalette p;
    const auto set = [&p](QPalette::ColorRole role, const QColor& active, const QColor& disabled) {
        p.setColor(QPalette::Active, role, active);
        p.setColor(QPalette::Inactive, role, active);
        p.setColor(QPalette::Disabled, role, disabled);
    };
    set(QPalette::Window, window, window);
    set(QPalette::WindowText, text, disabledText);
    set(QPalette::Base, base, window);
    set(QPalette::AlternateBase, alternateRow, alternateRow);
    set(QPalette::Text, text, disabledText);
    set(QPalette::PlaceholderText, secondText, disabledText);
    set(QPalette::Button, button, button);
    set(QPalette::ButtonText, text, disabledText);
    set(QPalette::BrightText, textOnAccent, disabledText);
    set(QPalette::ToolTipBase, base, base);
    set(QPalette::ToolTipText, text, text);
    set(QPalette::Link, link, disabledText);
    set(QPalette::LinkVisited, link, disabledText);
    set(QPalette::Highlight, selection, selectionNoFocus);
    set(QPalette::HighlightedText, text, disabledText);
    // "Without focus" is Qt's inactive group for item views.
    p.setColor(QPalette::Inactive, QPalette::Highlight, selectionNoFocus);
    set(QPalette::Light, button, button);
    set(QPalette::Midlight, alternateRow, alternateRow);
    set(QPalette::Mid, line, line);
    set(QPalette::Dark, controlBorder, controlBorder);
    set(QPalette::Shadow, controlBorder, controlBorder);
    return p;
}

namespace fonts {

QFont ui() {
    return make(QFontDatabase::GeneralFont, 9);
}
QFont uiDemi() {
    return make(QFontDatabase::GeneralFont, 9, true);
}
QFont small() {
    return make(QFontDatabase::GeneralFont, 8.25);
}
QFont question() {
    return make(QFontDatabase::GeneralFont, 10);
}
QFont title() {
    return make(QFontDatabase::GeneralFont, 10, true);
}
QFont laneCount() {
    return make(QFontDatabase::GeneralFont, 7.5, true);
}
QFont bigCount() {
    return make(QFontDatabase::GeneralFont, 12, true);
}
QFont pageTitle() {
    return make(QFontDatabase::GeneralFont, 21, true);
}
QFont fixed() {
    return make(QFontDatabase::FixedFont, 9);
}
QFont fixedSmall() {
    return make(QFontDatabase::FixedFont, 8.25);
}
QFont fixedLarge() {
    return make(QFontDatabase::FixedFont, 14);
}

namespace {

QFont unhinted(QFont font) {
    font.setHintingPreference(QFont::PreferNoHinting);
    font.setStyleStrategy(QFont::PreferAntialias);
    return font;
}

} // namespace

QFont heatMap(double zoom) {
    return unhinted(make(QFontDatabase::FixedFont, 10.5 * zoom));
}
QFont heatText(double zoom) {
    return unhinted(make(QFontDatabase::GeneralFont, 10.5 * zoom));
}

} // namespace fonts

void applyTheme(QApplication& app, ThemeName name) {
    fontCache().clear(); // the system's fonts may have changed
    mutableCurrent() = Theme::of(name);
    const Theme& theme = Theme::current();
    app.setStyle(new CruxStyle); // QApplication owns it
    const QPalette palette = theme.palette();
    app.setPalette(palette);
    app.setFont(fonts::ui());
    QToolTip::setPalette(palette);
    QToolTip::setFont(fonts::ui());
    Q_EMIT ThemeNotifier::instance().themeChanged();
}

ThemeScope::ThemeScope(ThemeName name)
    : m_before(Theme::current().name) {
    mutableCurrent() = Theme::of(name);
}

ThemeScope::~ThemeScope() {
    mutableCurrent() = Theme::of(m_before);
}

} // namespace crux::ui
