// The look: every colour, font and metric of the window as a named value, in two themes, and the
// one call that dresses the application in it.
#pragma once

#include <QColor>
#include <QFont>
#include <QString>

#include <array>

class QApplication;
class QPalette;

namespace crux::ui {

enum class ThemeName { Light, Dark };

/// Dash, marker and colour of the five run slots; a colour never stands alone.
struct RunSlot {
    QColor color;
    std::array<double, 4> dash{}; ///< in pen widths; all 0: solid
    int marker = 0;               ///< 0 none, 1 circle, 2 square, 3 triangle, 4 diamond
};

/// Colours of one theme. A plain value: copy it, or keep the reference of Theme::current(), which
/// stays valid (its content changes with applyTheme). Thread: GUI (values may be copied anywhere).
struct Theme {
    ThemeName name = ThemeName::Light;

    QColor window, base, alternateRow;
    QColor line, controlBorder;
    QColor button, buttonBorder;
    QColor text, secondText, disabledText;
    QColor selection, selectionNoFocus;
    QColor accent, textOnAccent;
    QColor link, chartGrid, hatch;
    QColor errorNotice, errorEdge;
    QColor right, wrong, noAnswer; ///< verdicts, the same in both themes
    QColor warning;                ///< always with a #1A1A1A outline
    QColor dimmedInk;              ///< ink of a shared prefix
    double dimmedMix = 0.5;        ///< share of base in a dimmed cell
    std::array<RunSlot, 5> runs;

    bool isDark() const { return name == ThemeName::Dark; }

    static const Theme& light();
    static const Theme& dark();
    static const Theme& of(ThemeName name);
    /// The theme applied last; light before any applyTheme.
    static const Theme& current();

    QPalette palette() const;
};

/// Sizes in px at 96 dpi; Qt's scale factor does the rest. Names follow the places they are for.
namespace metrics {
inline constexpr int kMenuBar = 24, kToolBar = 36, kStatusBar = 28, kToolButton = 28;
inline constexpr int kSmallToolButton = 24, kIcon = 16, kIconGap = 6;
inline constexpr int kDockTitle = 24, kDockStrip = 32, kDockTab = 24, kDockTabActive = 26;
inline constexpr int kChipStrip = 28, kChip = 20, kPill = 20;
inline constexpr int kHeader = 24, kRow = 24, kTallRow = 28, kPaletteRow = 32, kActionRow = 44;
inline constexpr int kCellPadding = 4, kTreeIndent = 16, kTreeArrow = 12;
inline constexpr int kControl = 24, kRadius = 3, kCheckBox = 14, kScrollBar = 12, kSplitter = 4;
inline constexpr int kFormRow = 28, kFormLabel = 108, kPanelPadding = 12, kGroupTitle = 24;
inline constexpr int kLane = 12, kCell = 20, kLine = 32, kGutter = 48, kGutterGap = 8;
inline constexpr int kQuestionHeader = 112, kQuestionFolded = 52;
inline constexpr int kRibbon = 100, kRibbonInPane = 76, kLegend = 52, kOverview = 20;
inline constexpr int kOverviewPerLine = 12, kPaneHead = 28;
inline constexpr int kStripWidth = 64, kStripHeight = 12, kBadge = 14, kDiamond = 16;
inline constexpr int kFocusRing = 2;
inline constexpr int kTarget = 24;     ///< smallest target of a pointer
inline constexpr int kMenuWidth = 480; ///< an entry's most; longer names are elided in the middle
} // namespace metrics

/// The fonts of the window: the system's UI and fixed families at the sizes of the design. A larger
/// text is a larger window: rows, marks and targets grow with it (settings::applyWindowScale).
namespace fonts {
QFont ui();         ///< 9 everything
QFont uiDemi();     ///< 9 demi-bold: dock and group titles, original token
QFont small();      ///< 8.25 axes, hints, chips, key names
QFont question();   ///< 10
QFont title();      ///< 10 demi-bold
QFont laneCount();  ///< 7.5 demi-bold, count in a mark lane
QFont bigCount();   ///< 12 demi-bold
QFont pageTitle();  ///< 21 demi-bold
QFont fixed();      ///< 9 tokens in tables and details
QFont fixedSmall(); ///< 8.25 log lines
QFont fixedLarge(); ///< 14 token in the inspector
/// 10.5 pt fixed times `zoom`, unhinted so that the advance is exact (8.4 px at zoom 1).
QFont heatMap(double zoom = 1.0);
/// The same in the UI's proportional family.
QFont heatText(double zoom = 1.0);
} // namespace fonts

/// Fusion + palette + the Crux proxy style + default font. Widgets repaint by themselves. Call
/// again to switch; themeChanged() of ThemeNotifier tells own-painted widgets and icons.
void applyTheme(QApplication& app, ThemeName name);

} // namespace crux::ui
