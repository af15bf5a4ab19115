# The LemonLDAP::NG portal for plackup, with the people of a JSON file (environment variable USERS) instead of a directory.
# It owns how LemonLDAP's demonstration accounts become our people; the SAML side is all in the configuration
# that ../lemonldap-ng.ts writes.
use strict;
use warnings;
use Encode qw(encode_utf8);
use JSON qw(decode_json);
use Plack::App::File;
use Plack::Builder;
use Lemonldap::NG::Portal::Auth::Demo;
use Lemonldap::NG::Portal::Main;
use Lemonldap::NG::Portal::UserDB::Demo;

my $people = do {
    open my $file, '<:raw', $ENV{USERS} or die "cannot read USERS=$ENV{USERS}: $!";
    local $/;
    decode_json(<$file>);
};

# The "Demo" user database keeps its accounts in a package variable. Several values are joined by "; ", which is
# LemonLDAP's own separator: it splits them again when it writes a SAML attribute.
for my $name ( keys %$people ) {
    my $attributes = $people->{$name}{attributes};
    $Lemonldap::NG::Portal::UserDB::Demo::demoAccounts{$name} = {
        uid  => $name,
        cn   => $name,
        mail => $attributes->{email}[0],
        map { $_ => encode_utf8( join '; ', @{ $attributes->{$_} } ) } keys %$attributes,
    };
}

# The "Demo" authentication takes the name as the password; we want the password of the file.
{
    no warnings 'redefine';
    *Lemonldap::NG::Portal::Auth::Demo::authenticate = sub {
        my ( $self, $request ) = @_;
        my $person = $people->{ $request->{user} };
        return Lemonldap::NG::Portal::Main::Constants::PE_OK()
          if $person && $person->{password} eq $request->data->{password};
        $self->setSecurity($request);
        return Lemonldap::NG::Portal::Main::Constants::PE_BADCREDENTIALS();
    };
}

# The portal loads a captcha module whether or not it asks one, and its own wants ImageMagick.
{
    package Lemonldap::NG::Portal::Captcha::None;
    use Mouse;
    extends 'Lemonldap::NG::Common::Module';
    sub init          { return 1 }
    sub init_captcha  { return }
    sub check_captcha { return 1 }
    $INC{'Lemonldap/NG/Portal/Captcha/None.pm'} = __FILE__;
}

my $portal = Lemonldap::NG::Portal::Main->run( {} );
builder {
    mount '/static'     => Plack::App::File->new( root => '/usr/share/lemonldap-ng/portal/htdocs/static' )->to_app;
    mount '/javascript' => Plack::App::File->new( root => '/usr/share/javascript' )->to_app;
    mount '/'           => $portal;
};
