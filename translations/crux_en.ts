<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en_US" sourcelanguage="en">
<context>
    <name>crux::ui::CloseDialog</name>
    <message numerus="yes">
        <source>%n more job(s) wait in the queue until a window or crux-cli runs them.</source>
        <translation>
            <numerusform>%n more job waits in the queue until a window or crux-cli runs it.</numerusform>
            <numerusform>%n more jobs wait in the queue until a window or crux-cli runs them.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>crux::ui::CommandPalette</name>
    <message numerus="yes">
        <source>%1 of %n action(s)</source>
        <translation>
            <numerusform>%1 of %n action</numerusform>
            <numerusform>%1 of %n actions</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n found</source>
        <translation>
            <numerusform>%n found</numerusform>
            <numerusform>%n found</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>crux::ui::ForceBar</name>
    <message numerus="yes">
        <source>%n token(s): %1</source>
        <translation>
            <numerusform>%n token: %1</numerusform>
            <numerusform>%n tokens: %1</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>crux::ui::JobPill</name>
    <message numerus="yes">
        <source>%n running</source>
        <translation>
            <numerusform>%n running</numerusform>
            <numerusform>%n running</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n queued</source>
        <translation>
            <numerusform>%n queued</numerusform>
            <numerusform>%n queued</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n failed</source>
        <translation>
            <numerusform>%n failed</numerusform>
            <numerusform>%n failed</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>crux::ui::MainWindow</name>
    <message numerus="yes">
        <source>Branch: %n token(s) written. Esc stops and keeps it.</source>
        <translation>
            <numerusform>Branch: %n token written. Esc stops and keeps it.</numerusform>
            <numerusform>Branch: %n tokens written. Esc stops and keeps it.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 branches: %n token(s) written. Esc stops and keeps them.</source>
        <translation>
            <numerusform>%1 branches: %n token written. Esc stops and keeps them.</numerusform>
            <numerusform>%1 branches: %n tokens written. Esc stops and keeps them.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>crux::ui::SystemCheck</name>
    <message numerus="yes">
        <source>Qt %1, %n screen(s)</source>
        <translation>
            <numerusform>Qt %1, one screen</numerusform>
            <numerusform>Qt %1, %n screens</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n core(s)</source>
        <translation>
            <numerusform>one core</numerusform>
            <numerusform>%n cores</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>crux::ui::TokenCard</name>
    <message numerus="yes">
        <source>%n branch(es)</source>
        <translation>
            <numerusform>%n branch</numerusform>
            <numerusform>%n branches</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>crux::ui::WorkerClient</name>
    <message numerus="yes">
        <source>%n thread(s)</source>
        <translation>
            <numerusform>%n thread</numerusform>
            <numerusform>%n threads</numerusform>
        </translation>
    </message>
</context>
</TS>
